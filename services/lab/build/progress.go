package build

import (
	"bytes"
	"fmt"
	"io"
	"strings"
	"sync"
	"time"
)

// Progress tells a person what is being built. Out gets one line that is rewritten if it is a terminal, and a new
// line every so often if not.
type Progress struct {
	Out      io.Writer
	Terminal bool
}

const (
	afterTerminal = 300 * time.Millisecond
	afterFile     = 15 * time.Second
	// slow is how long a step that is usually instant may take before it says anything.
	slow = 2 * time.Second
)

// quietly returns a step that says nothing unless it takes long.
func (p *Progress) quietly(name string) *step { return &step{to: p, name: name, silent: slow} }

// loudly returns a step that happens once and takes long.
func (p *Progress) loudly(name string) *step { return &step{to: p, name: name, once: true} }

// A step is one run of the go command. It takes that command's output.
type step struct {
	to     *Progress
	name   string
	once   bool
	silent time.Duration

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
		fmt.Fprintf(s.to.Out, "building %s from source: this happens once and takes some minutes\n", s.name)
	}
	s.quiet.Go(s.tell)
}

// tell shows now and then how far it is.
func (s *step) tell() {
	every := afterFile
	if s.to.Terminal {
		every = afterTerminal
	}
	tick := time.NewTicker(every)
	defer tick.Stop()
	for {
		select {
		case <-s.over:
			return
		case <-tick.C:
			if time.Since(s.started) >= s.silent {
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
		fmt.Fprintf(s.to.Out, "\r\x1b[K%.79s", line) // a longer one would wrap, and could not be rewritten
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

// Write takes the go command's output; with -v that is a line for each package it compiles.
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

func (s *step) output() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.text.String()
}
