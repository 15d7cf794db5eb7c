package main

import (
	"fmt"
	"io"
	"os"
	"regexp"
	"strings"
	"time"
	"unicode/utf8"

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

// gutter separates two columns.
const gutter = "  │  "

// columnWidth returns the width of each of two columns side by side, or 0 if they would be too narrow to read.
func columnWidth(width int) int {
	column := (width - utf8.RuneCountInString(gutter)) / 2
	if column < 60 {
		return 0
	}
	return column
}

// arrange places two texts side by side if they fit into width; otherwise, and if there are not two, one below the other.
func arrange(texts []string, width int) string {
	column := columnWidth(width)
	if len(texts) != 2 || column == 0 {
		return strings.Join(texts, "")
	}
	left, right := lines(texts[0]), lines(texts[1])
	n := max(len(left), len(right))
	left, right = append(left, make([]string, n-len(left))...), append(right, make([]string, n-len(right))...)
	var b strings.Builder
	for i, l := range left {
		padding := strings.Repeat(" ", max(column-shownWidth(l), 0))
		b.WriteString(strings.TrimRight(l+padding+gutter+right[i], " ") + "\n")
	}
	return b.String() + "\n"
}

func lines(text string) []string { return strings.Split(strings.TrimRight(text, "\n"), "\n") }

var escape = regexp.MustCompile("\x1b\\[[0-9;]*m")

// shownWidth returns the number of columns that a line takes on a terminal.
func shownWidth(line string) int { return utf8.RuneCountInString(escape.ReplaceAllString(line, "")) }
