package main

import (
	"fmt"
	"io"
	"os"
	"strings"
	"time"

	"golang.org/x/term"
)

func isTerminal(out io.Writer) bool {
	f, ok := out.(*os.File)
	return ok && term.IsTerminal(int(f.Fd()))
}

// progress returns a function that shows what is happening on one line of a terminal, which the next call overwrites. An
// empty text removes the line. If stderr is not a terminal, nothing is shown.
func progress(e env) func(format string, args ...any) {
	return func(format string, args ...any) {
		if isTerminal(e.stderr) {
			fmt.Fprintf(e.stderr, "\r\x1b[K"+format, args...)
		}
	}
}

// A bar shows how many products have been made: a bar on a terminal, elsewhere a line for every tenth.
type bar struct {
	out      io.Writer
	terminal bool
	began    time.Time
	of       int
	tenth    int // the last one shown
	shown    bool
}

const barWidth = 40

func (b *bar) show(done int) {
	line := fmt.Sprintf("%d of %d products, %v", done, b.of, time.Since(b.began).Round(100*time.Millisecond))
	if b.terminal {
		b.shown = true
		full := barWidth * done / b.of
		fmt.Fprintf(b.out, "\r\x1b[K[%s%s] %s", strings.Repeat("#", full), strings.Repeat(".", barWidth-full), line)
		return
	}
	if tenth := 10 * done / b.of; tenth > b.tenth {
		b.tenth = tenth
		fmt.Fprintln(b.out, line)
	}
}

// end moves to the next line.
func (b *bar) end() {
	if b.shown {
		fmt.Fprintln(b.out)
	}
}
