package native

import (
	"bytes"
	"fmt"
	"io"
	"sync"
)

// A Console writes whole lines of several programs to one place, each after the name of its program. It is safe for
// concurrent use.
type Console struct {
	mu     sync.Mutex
	out    io.Writer
	colour bool
}

// NewConsole returns a console that writes to out.
func NewConsole(out io.Writer, colour bool) *Console { return &Console{out: out, colour: colour} }

// colours are the terminal codes (ECMA-48, select graphic rendition) for the names.
var colours = map[string]int{Lab: 37, Jaeger: 36, Collector: 35, Inventory: 32, Pricing: 33, Order: 34, Prometheus: 31}

// width is the length of the longest name.
const width = len(Inventory)

// Say writes a line of the lab itself.
func (c *Console) Say(format string, args ...any) {
	c.mu.Lock()
	defer c.mu.Unlock()
	fmt.Fprintf(c.out, format+"\n", args...)
}

// of returns a writer for a program's output. It keeps an incomplete line until the rest arrives.
func (c *Console) of(program string) io.Writer {
	prefix := fmt.Sprintf("%-*s │ ", width, program)
	if c.colour {
		prefix = fmt.Sprintf("\x1b[%dm%s\x1b[0m", colours[program], prefix)
	}
	return &prefixed{console: c, prefix: prefix}
}

// A prefixed writer is one program's part of a console. Only one goroutine at a time may write to it.
type prefixed struct {
	console *Console
	prefix  string
	part    []byte
}

func (w *prefixed) Write(text []byte) (int, error) {
	w.part = append(w.part, text...)
	end := bytes.LastIndexByte(w.part, '\n') + 1
	if end == 0 {
		return len(text), nil
	}
	var block bytes.Buffer
	for line := range bytes.Lines(w.part[:end]) {
		block.WriteString(w.prefix)
		block.Write(line)
	}
	w.part = append([]byte(nil), w.part[end:]...)
	w.console.mu.Lock()
	defer w.console.mu.Unlock()
	_, _ = w.console.out.Write(block.Bytes()) // returning an error would break the program's pipe and so end it when the terminal closes
	return len(text), nil
}
