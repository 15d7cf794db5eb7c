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
	stdin   io.Reader
	backend backend
	connect func(product, address string) backend // to the server of a page; nil if a flag says where to read
	wait    time.Duration                         // for a trace that may still be arriving
	stderr  io.Writer                             // for a message if that takes long
	notes   io.Writer                             // for what is left out
}

// load reads what one argument names: stdin, a file, or what a server has. A file takes precedence over an id.
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
	if isAddress.MatchString(name) {
		return s.fetch(ctx, name)
	}
	f, err := os.Open(name)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return s.fetch(ctx, name)
	case err != nil:
		return nil, err
	}
	return readFile(f, name)
}

// readFile reads the traces in a file, and closes it.
func readFile(f *os.File, name string) ([]*trace.Trace, error) {
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

// fetch reads a trace, or the traces of a search, from a server.
func (s source) fetch(ctx context.Context, name string) ([]*trace.Trace, error) {
	t, err := parseArgument(name, time.Now())
	if err != nil {
		return nil, err
	}
	switch {
	case s.connect == nil: // a flag says where to read
	case t.base != "":
		s.backend = announced{s.connect(t.product, t.base), s.stderr}
	case isAddress.MatchString(name):
		return nil, fmt.Errorf("the page does not say where trace %s is (try: doctor -tempo URL %s)", t.id, t.id)
	}
	if t.service == "" {
		t, err := s.await(ctx, t.id)
		return []*trace.Trace{t}, err
	}
	if len(t.unused) > 0 {
		fmt.Fprintf(s.notes, "doctor: of the search, only the service and the time are used, not %s\n", strings.Join(t.unused, ", "))
	}
	return s.find(ctx, t.service, t.from, t.to)
}

// examine reads the traces that the command line names, and diagnoses them.
func (o *options) examine(ctx context.Context, src source) ([]report.Case, error) {
	read := func() ([]*trace.Trace, error) { return src.load(ctx, o.names[0]) }
	if o.service != "" {
		now := time.Now()
		read = func() ([]*trace.Trace, error) { return src.find(ctx, o.service, now.Add(-o.last), now) }
	}
	collectSeldom()
	traces, err := read()
	if err != nil {
		return nil, err
	}
	cases := o.diagnose(traces)
	o.printUnused(src.stderr)
	return o.pick(cases)
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
