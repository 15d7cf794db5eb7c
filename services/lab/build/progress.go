package build

import (
	"bytes"
	"fmt"
	"io"
	"strings"
	"sync"
	"time"
)

// Progress shows what is being built. On a terminal it overwrites one line; elsewhere it writes a new line now and then.
type Progress struct {
	Out      io.Writer
	Terminal bool
}

const (
	everyTerminal = 300 * time.Millisecond
	everyFile     = 15 * time.Second
	// slow is how long a step that usually takes no time may take before it is shown.
	slow = 2 * time.Second
)

// A step is one run of the go command, whose output is written to it.
type step struct {
	to   *Progress
	name string
	once bool // it happens once and takes long; otherwise it is shown only if it takes long

	mu       sync.Mutex
	text     bytes.Buffer
	packages int
	latest   string
	shown    bool
	started  time.Time
	over     chan struct{}
	quiet    sync.WaitGroup
}

func (s *step) begin() {
	s.started = time.Now()
	s.over = make(chan struct{})
	if s.once {
		fmt.Fprintf(s.to.Out, "building %s from source: this happens once and takes a few minutes\n", s.name)
	}
	s.quiet.Go(s.repeat)
}

// repeat shows the progress again and again until the step ends.
func (s *step) repeat() {
	every := everyFile
	if s.to.Terminal {
		every = everyTerminal
	}
	tick := time.NewTicker(every)
	defer tick.Stop()
	for {
		select {
		case <-s.over:
			return
		case <-tick.C:
			if s.once || time.Since(s.started) >= slow {
				s.show()
			}
		}
	}
}

func (s *step) show() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.shown = true
	line := fmt.Sprintf("building %s: %v", s.name, time.Since(s.started).Round(time.Second))
	if s.packages > 0 {
		line += fmt.Sprintf(", %d packages", s.packages)
	}
	if s.latest != "" {
		line += ", " + s.latest
	}
	if s.to.Terminal {
		fmt.Fprintf(s.to.Out, "\r\x1b[K%.79s", line) // a longer line would wrap and could not be overwritten
		return
	}
	fmt.Fprintln(s.to.Out, line)
}

func (s *step) end(err error) {
	close(s.over)
	s.quiet.Wait()
	if s.shown && s.to.Terminal {
		fmt.Fprint(s.to.Out, "\r\x1b[K")
	}
	if err == nil && (s.once || s.shown) {
		fmt.Fprintf(s.to.Out, "built %s in %v\n", s.name, time.Since(s.started).Round(100*time.Millisecond))
	}
}

// Write receives the go command's output: with -v, one line for each package it compiles.
func (s *step) Write(text []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.text.Write(text)
	for line := range strings.Lines(string(text)) {
		line = strings.TrimSpace(line)
		switch {
		case strings.HasPrefix(line, "go: downloading "):
			s.latest = strings.TrimPrefix(line, "go: ")
		case line != "" && !strings.Contains(line, " "):
			s.packages++
			s.latest = line
		}
	}
	return len(text), nil
}
