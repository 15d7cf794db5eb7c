package build

import (
	"fmt"
	"slices"
	"strings"
	"sync"
	"time"
)

// Progress shows what is being downloaded and built, several programs at a time.
type Progress struct {
	Say   func(line string)                // writes a line
	Show  func(line string)                // shows a line in place of the one before, or none if it is ""; nil if that is impossible
	Watch func(programs map[string]string) // gets what happens to each program, every tickEvery and when the last has ended; may be nil

	mu    sync.Mutex
	steps []*step       // those that are running
	over  chan struct{} // closed when the last of them ends
}

const (
	tickEvery = 500 * time.Millisecond
	lineEvery = 15 * time.Second // if lines cannot be replaced
	// slow is how long a step may take before its end is worth a line.
	slow = 2 * time.Second
)

func (p *Progress) say(format string, args ...any) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.Say(fmt.Sprintf(format, args...))
}

// begin begins a step. done is what has happened to the program at its end, such as "built".
func (p *Progress) begin(name, done string) *step {
	p.mu.Lock()
	defer p.mu.Unlock()
	s := &step{to: p, name: name, done: done, started: time.Now(), state: "starting"}
	p.steps = append(p.steps, s)
	if len(p.steps) == 1 {
		p.over = make(chan struct{})
		go p.repeat(p.over)
	}
	return s
}

func (s *step) end(err error) {
	p := s.to
	p.mu.Lock()
	defer p.mu.Unlock()
	p.steps = slices.DeleteFunc(p.steps, func(other *step) bool { return other == s })
	if len(p.steps) == 0 {
		close(p.over)
		p.over = nil
		p.show()
	}
	if took := time.Since(s.started); err == nil && took >= slow {
		p.Say(fmt.Sprintf("%s %s in %v", s.done, s.name, took.Round(100*time.Millisecond)))
	}
}

// repeat shows the progress until over is closed.
func (p *Progress) repeat(over chan struct{}) {
	tick := time.NewTicker(tickEvery)
	defer tick.Stop()
	for n := 1; ; n++ {
		select {
		case <-over:
			return
		case <-tick.C:
		}
		p.mu.Lock()
		if p.over == over {
			p.show()
			if p.Show == nil && n%int(lineEvery/tickEvery) == 0 {
				for _, s := range p.steps {
					p.Say(fmt.Sprintf("%s after %v: %s", s.name, time.Since(s.started).Round(time.Second), s.now()))
				}
			}
		}
		p.mu.Unlock()
	}
}

// show shows all steps where one line is replaced by the next. The caller holds p.mu.
func (p *Progress) show() {
	now := make(map[string]string)
	var parts []string
	for _, s := range p.steps {
		now[s.name] = s.now()
		parts = append(parts, s.name+": "+s.now())
	}
	line := strings.Join(parts, " · ")
	if line != "" {
		line = fmt.Sprintf("%v  %s", time.Since(p.steps[0].started).Round(time.Second), line)
	}
	if p.Show != nil {
		p.Show(line)
	}
	if p.Watch != nil {
		p.Watch(now)
	}
}
