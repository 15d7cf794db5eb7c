package native

import (
	"bytes"
	"fmt"
	"io"
	"sync"
)

// A Console writes whole lines of several programs to one place, each with the name of who said it.
// It is safe for concurrent use.
type Console struct {
	mu     sync.Mutex
	out    io.Writer
	colour bool
}

// NewConsole returns a console on out, with colours if a person looks at it.
func NewConsole(out io.Writer, colour bool) *Console { return &Console{out: out, colour: colour} }

// colours are the terminal's (ECMA-48, select graphic rendition) for each program's name.
var colours = map[string]int{Lab: 37, Jaeger: 36, Collector: 35, Inventory: 32, Pricing: 33, Order: 34}

// width is that of the longest name.
const width = len(Inventory)

// Say writes a line of the lab's own.
func (c *Console) Say(format string, args ...any) {
	c.mu.Lock()
	defer c.mu.Unlock()
	fmt.Fprintf(c.out, format+"\n", args...)
}

// of returns a writer for a program's output. What is not a whole line waits for its end.
func (c *Console) of(program string) io.Writer {
	prefix := fmt.Sprintf("%-*s │ ", width, program)
	if c.colour {
		prefix = fmt.Sprintf("\x1b[%dm%s\x1b[0m", colours[program], prefix)
	}
	return &voice{console: c, prefix: prefix}
}

// A voice is one program's part of a console. One goroutine at a time writes to it.
type voice struct {
	console *Console
	prefix  string
	part    []byte
}

func (v *voice) Write(text []byte) (int, error) {
	v.part = append(v.part, text...)
	end := bytes.LastIndexByte(v.part, '\n') + 1
	if end == 0 {
		return len(text), nil
	}
	var block bytes.Buffer
	for line := range bytes.Lines(v.part[:end]) {
		block.WriteString(v.prefix)
		block.Write(line)
	}
	v.part = append([]byte(nil), v.part[end:]...)
	v.console.mu.Lock()
	defer v.console.mu.Unlock()
	_, _ = v.console.out.Write(block.Bytes()) // an error would break the program's pipe, and a closed terminal must not end it like that
	return len(text), nil
}
