// Package journal records in a file which spans a service started and ended, so that a drill can compare them with those that
// arrived. Call [Open] when the service starts, and [Journal.Wrap] on its span processor. [Read] reads the file.
//
// Each event is one line, in one write at the end of the file, so that a service that is killed leaves no half line and
// several services can share a file:
//
//	start 1764453028123456789 4bf92f3577b34da6a3ce929d0e0e4736 00f067aa0ba902b7 order
//	end 1764453028124000000 4bf92f3577b34da6a3ce929d0e0e4736 00f067aa0ba902b7 order
package journal

import (
	"context"
	"fmt"
	"os"
	"sync"
	"time"

	sdktrace "go.opentelemetry.io/otel/sdk/trace"
)

// Name is the environment variable with the path of the file. Without it there is no journal.
const Name = "SPAN_JOURNAL"

// As is the environment variable with the name of the service in its file, if not its own: instances can have a name each.
const As = "SPAN_JOURNAL_AS"

// The first word of a line.
const (
	start = "start"
	end   = "end"
)

// A Journal is the file of one service. A nil Journal records nothing. It is safe for concurrent use.
type Journal struct {
	service string
	file    *os.File

	mu  sync.Mutex
	err error // of the first write that failed
}

// Open opens the journal at path, and makes the file if it is missing. An empty path gives a nil Journal.
func Open(path, service string) (*Journal, error) {
	if path == "" {
		return nil, nil
	}
	file, err := os.OpenFile(path, os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o644)
	if err != nil {
		return nil, fmt.Errorf("open the journal of spans, %s: %w", Name, err)
	}
	return &Journal{service: service, file: file}, nil
}

// Close closes the file. It returns the error of the first event that could not be recorded: the journal is then useless.
func (j *Journal) Close() error {
	if j == nil {
		return nil
	}
	err := j.file.Close()
	j.mu.Lock()
	defer j.mu.Unlock()
	if j.err != nil {
		return fmt.Errorf("the journal of spans is incomplete: %w", j.err)
	}
	return err
}

// Wrap returns a processor that records each sampled span and passes it on to next. For a nil Journal it returns next itself.
func (j *Journal) Wrap(next sdktrace.SpanProcessor) sdktrace.SpanProcessor {
	if j == nil {
		return next
	}
	return recorder{next, j}
}

// record writes one line.
func (j *Journal) record(event string, s sdktrace.ReadOnlySpan) {
	sc := s.SpanContext()
	if !sc.IsSampled() {
		return
	}
	line := fmt.Appendf(nil, "%s %d %s %s %s\n", event, time.Now().UnixNano(), sc.TraceID(), sc.SpanID(), j.service)
	if _, err := j.file.Write(line); err != nil {
		j.mu.Lock()
		defer j.mu.Unlock()
		if j.err == nil {
			j.err = err
		}
	}
}

// A recorder records spans before the next processor sees them, which may lose them.
type recorder struct {
	sdktrace.SpanProcessor
	journal *Journal
}

func (r recorder) OnStart(parent context.Context, s sdktrace.ReadWriteSpan) {
	r.journal.record(start, s)
	r.SpanProcessor.OnStart(parent, s)
}

func (r recorder) OnEnd(s sdktrace.ReadOnlySpan) {
	r.journal.record(end, s)
	r.SpanProcessor.OnEnd(s)
}
