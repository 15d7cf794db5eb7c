package native

import (
	"bytes"
	"strings"
	"sync"
)

// tailLines is how much is kept to explain a death.
const tailLines = 12

// A tail keeps the last lines written to it. The zero value is empty and ready; it is safe for concurrent use.
type tail struct {
	mu    sync.Mutex
	lines []string
	part  []byte // of a line that is not over
}

func (t *tail) Write(text []byte) (int, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.part = append(t.part, text...)
	for {
		line, rest, whole := bytes.Cut(t.part, []byte("\n"))
		if !whole {
			return len(text), nil
		}
		t.lines = append(t.lines, string(line))
		t.lines = t.lines[max(0, len(t.lines)-tailLines):]
		t.part = append([]byte(nil), rest...)
	}
}

// String returns the lines, indented.
func (t *tail) String() string {
	t.mu.Lock()
	defer t.mu.Unlock()
	lines := t.lines
	if len(t.part) > 0 {
		lines = append(lines[:len(lines):len(lines)], string(t.part))
	}
	if len(lines) == 0 {
		return "  (it said nothing)"
	}
	return "  " + strings.Join(lines, "\n  ")
}
