package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"spanwise/doctor/read"
	"spanwise/doctor/report"
	"spanwise/doctor/trace"
)

// A source is where traces come from.
type source struct {
	stdin  io.Reader
	jaeger *read.Client
	wait   time.Duration // for a trace that may still be arriving
	stderr io.Writer     // for a message if that takes long
}

// load reads what one argument names: stdin, a file, or a trace in Jaeger. A file takes precedence over an id.
func (s source) load(ctx context.Context, name string) ([]*trace.Trace, error) {
	if name == "-" {
		traces, err := read.All(s.stdin)
		switch {
		case errors.Is(err, read.ErrEmpty):
			return nil, errors.New("no trace on stdin (try: doctor trace.json)")
		case err != nil:
			return nil, fmt.Errorf("stdin: %w", err)
		}
		return traces, nil
	}
	f, err := os.Open(name)
	switch {
	case errors.Is(err, fs.ErrNotExist) && read.IsTraceID(name):
		t, err := s.await(ctx, name)
		return []*trace.Trace{t}, err
	case errors.Is(err, fs.ErrNotExist):
		return nil, fmt.Errorf("%s: no such file, and not a trace id of up to 32 hex digits", name)
	case err != nil:
		return nil, err
	}
	defer f.Close()
	if info, err := f.Stat(); err == nil && info.IsDir() {
		return nil, fmt.Errorf("%s is a directory; name a file in it (try: doctor %s)", name, filepath.Join(name, "trace.json"))
	}
	traces, err := read.All(f)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	return traces, nil
}

// examine reads the traces that the command line names, and diagnoses them.
func (o *options) examine(ctx context.Context, src source) ([]report.Case, error) {
	read := func() ([]*trace.Trace, error) { return src.load(ctx, o.names[0]) }
	if o.service != "" {
		read = func() ([]*trace.Trace, error) { return src.find(ctx, o.service, o.last) }
	}
	traces, err := read()
	if err != nil {
		return nil, err
	}
	cases := o.diagnose(traces)
	o.printUnused(src.stderr)
	return o.pick(cases)
}

// find reads the traces of a service, except those that are still arriving: their missing parts would look lost.
func (s source) find(ctx context.Context, service string, last time.Duration) ([]*trace.Trace, error) {
	traces, err := s.jaeger.Find(ctx, service, time.Now().Add(-last))
	if err != nil {
		return nil, err
	}
	found, now := len(traces), time.Now()
	traces = slices.DeleteFunc(traces, func(t *trace.Trace) bool { return arriving(t, now) && !complete(t) })
	if n := found - len(traces); n > 0 {
		fmt.Fprintf(s.stderr, "doctor: traces left out because they are still arriving: %d\n", n)
	}
	if len(traces) == 0 {
		return nil, fmt.Errorf("no traces of service %s in the last %s (try: a longer -last, or another -service)",
			service, trace.Micros(last.Microseconds()))
	}
	if found >= read.MaxTraces {
		for _, t := range traces {
			t.Notes = append(t.Notes, fmt.Sprintf("only the newest %d traces of %s were read (try: a shorter -last)", read.MaxTraces, service))
		}
	}
	return traces, nil
}

// pick returns the case that -trace names, by its id or that of a part of it, or by a unique prefix.
func (o *options) pick(cases []report.Case) ([]report.Case, error) {
	if o.trace == "" {
		return cases, nil
	}
	var matches []report.Case
	for _, c := range cases {
		id, prefix := strings.ToLower(c.Trace.ID), strings.ToLower(o.trace)
		if id == prefix {
			matches = []report.Case{c}
			break
		}
		inside := func(p trace.Piece) bool { return strings.HasPrefix(p.TraceID, prefix) }
		if strings.HasPrefix(id, prefix) || slices.ContainsFunc(c.Trace.Pieces, inside) {
			matches = append(matches, c)
		}
	}
	switch len(matches) {
	case 0:
		return nil, fmt.Errorf("-trace %s: not among the traces read (%d)", o.trace, len(cases))
	case 1:
		o.trace = matches[0].Trace.ID
		return matches, nil
	}
	return nil, fmt.Errorf("-trace %s is ambiguous: %d ids begin with it, such as %s and %s (try: more of the id)",
		o.trace, len(matches), matches[0].Trace.ID, matches[1].Trace.ID)
}
