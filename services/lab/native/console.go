package native

import (
	"bytes"
	"fmt"
	"io"
	"sync"
	"sync/atomic"
)

// A Console writes whole lines of several programs to one place, each after the name of its program. On a terminal the last
// line can show something that changes. It is safe for concurrent use.
type Console struct {
	mu       sync.Mutex
	out      io.Writer
	terminal bool
	colour   bool
	shown    string // the last line, which is replaced

	noCollector atomic.Bool // the services run, and the Collector is not there yet
}

// NewConsole returns a console that writes to out, which may be a terminal, and without colours.
func NewConsole(out io.Writer, terminal bool) *Console { return &Console{out: out, terminal: terminal} }

// Colour makes the console write the names of programs in colours.
func (c *Console) Colour() { c.colour = true }

// Terminal reports whether the console can show a line.
func (c *Console) Terminal() bool { return c.terminal }

// colours are the terminal codes (ECMA-48, select graphic rendition) for the names.
var colours = map[string]int{Lab: 37, Jaeger: 36, Collector: 35, Inventory: 32, Pricing: 33, Order: 34, Prometheus: 31, gateway: 95, twin: 95, Broker: 96}

// width is the length of the longest name.
const width = len(Inventory)

// Say writes a line of the lab itself.
func (c *Console) Say(format string, args ...any) { c.write(fmt.Appendf(nil, format+"\n", args...)) }

// Show shows a line below all others until the next call; "" shows none. It is for a terminal only.
func (c *Console) Show(line string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if line != c.shown {
		_, _ = io.WriteString(c.out, erase)
		c.shown = line
		c.draw()
	}
}

// erase removes the line that is shown.
const erase = "\r\x1b[K"

// draw draws the line that is shown. A longer line would wrap and could not be erased.
func (c *Console) draw() { _, _ = fmt.Fprintf(c.out, "%.79s", c.shown) }

// write writes whole lines. It returns no error, because that would break a program's pipe and so end it when the terminal closes.
func (c *Console) write(lines []byte) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.shown == "" {
		_, _ = c.out.Write(lines)
		return
	}
	_, _ = c.out.Write(append([]byte(erase), lines...))
	c.draw()
}

// of returns a writer for a program's output. It keeps an incomplete line until the rest arrives, and leaves out noise.
func (c *Console) of(program string) io.Writer {
	prefix := fmt.Sprintf("%-*s │ ", width, program)
	if c.colour {
		prefix = fmt.Sprintf("\x1b[%dm%s\x1b[0m", colours[kind(program)], prefix)
	}
	return &prefixed{console: c, program: program, prefix: prefix}
}

// A prefixed writer is one program's part of a console. Only one goroutine at a time may write to it.
type prefixed struct {
	console *Console
	program string
	prefix  string
	part    []byte
	left    bool // the line before was noise
}

func (w *prefixed) Write(text []byte) (int, error) {
	w.part = append(w.part, text...)
	end := bytes.LastIndexByte(w.part, '\n') + 1
	if end == 0 {
		return len(text), nil
	}
	var block bytes.Buffer
	for line := range bytes.Lines(w.part[:end]) {
		// A line that begins with a tab goes on with the message of the one before.
		w.left = w.left && line[0] == '\t' || w.console.noise(w.program, line)
		if !w.left {
			block.WriteString(w.prefix)
			block.Write(line)
		}
	}
	w.part = append([]byte(nil), w.part[end:]...)
	if block.Len() > 0 {
		w.console.write(block.Bytes())
	}
	return len(text), nil
}
