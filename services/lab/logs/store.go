// Package logs keeps the services' newest log lines, so that a trace can be shown with what was logged during it. The
// Collector sends the lines over OTLP to the handler that [Store.Receiver] returns; [Store.Of] finds those of a trace.
package logs

import (
	"slices"
	"sync"
	"time"
)

const (
	// maxLines and maxBytes bound what a store keeps. A line of the shop takes about 300 bytes.
	maxLines = 20_000
	maxBytes = 16 << 20
)

// A Line is one log record of a service.
type Line struct {
	Time     time.Time         `json:"time"`
	Service  string            `json:"service"`
	Severity string            `json:"severity"` // DEBUG, INFO, WARN or ERROR; others as the service wrote them
	Message  string            `json:"message"`
	Trace    string            `json:"trace"` // in hexadecimal; "" if the line belongs to no trace
	Span     string            `json:"span"`  // in hexadecimal; "" if it belongs to no span
	Attrs    map[string]string `json:"attrs"`
}

// size estimates the memory that a line takes.
func (l *Line) size() int {
	n := 200 + len(l.Service) + len(l.Severity) + len(l.Message) + len(l.Trace) + len(l.Span)
	for key, value := range l.Attrs {
		n += 50 + len(key) + len(value)
	}
	return n
}

// A Store keeps the newest lines: at most 20,000, of at most 16 MiB. The zero value is empty and ready to use; a nil Store
// is always empty. It is safe for concurrent use.
type Store struct {
	mu      sync.Mutex
	lines   []*Line            // in the order of their arrival
	of      map[string][]*Line // the same lines, by trace
	bytes   int
	dropped int
}

// Add keeps a line. It drops the oldest lines if there are too many.
func (s *Store) Add(line Line) {
	if s == nil {
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.of == nil {
		s.of = make(map[string][]*Line)
	}
	s.lines = append(s.lines, &line)
	s.of[line.Trace] = append(s.of[line.Trace], &line)
	s.bytes += line.size()
	for len(s.lines) > maxLines || s.bytes > maxBytes {
		s.drop()
	}
}

// drop removes the oldest line, which is also the oldest of its trace.
func (s *Store) drop() {
	oldest := s.lines[0]
	s.lines[0] = nil // for the garbage collector, until append copies the rest to a new array
	s.lines = s.lines[1:]
	s.bytes -= oldest.size()
	s.dropped++
	same := s.of[oldest.Trace]
	same[0] = nil
	if same = same[1:]; len(same) == 0 {
		delete(s.of, oldest.Trace)
	} else {
		s.of[oldest.Trace] = same
	}
}

// skip counts a line that is too large to keep.
func (s *Store) skip() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.dropped++
}

// Of returns the lines of a trace by their time. The trace "" has the lines that belong to none. The caller must not change
// the lines' attributes.
func (s *Store) Of(trace string) []Line {
	if s == nil {
		return nil
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	lines := make([]Line, len(s.of[trace]))
	for i, line := range s.of[trace] {
		lines[i] = *line
	}
	slices.SortStableFunc(lines, func(a, b Line) int { return a.Time.Compare(b.Time) })
	return lines
}

// Dropped returns how many lines were removed to make room for newer ones, or were too large.
func (s *Store) Dropped() int {
	if s == nil {
		return 0
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.dropped
}
