package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"

	"spanwise/doctor/read"
	"spanwise/doctor/report"
	tracing "spanwise/doctor/trace"
)

type trace = tracing.Trace

// A source is where traces come from.
type source struct {
	stdin    io.Reader
	jaeger   *read.Client
	patience time.Duration // with a trace that may still be arriving
	stderr   io.Writer     // is told if that takes long
}

// named reads what one argument names: stdin, a file, or a trace in Jaeger. A file wins over an id.
func (s source) named(ctx context.Context, name string) ([]*trace, error) {
	if name == "-" {
		traces, err := read.All(s.stdin)
		if errors.Is(err, read.ErrEmpty) {
			return nil, errors.New("no trace on stdin (try: doctor trace.json)")
		}
		return traces, inFile("stdin", err)
	}
	f, err := os.Open(name)
	if errors.Is(err, fs.ErrNotExist) && read.IsTraceID(name) {
		t, err := s.await(ctx, name)
		return []*trace{t}, err
	}
	if errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("%s: no such file, and not a trace id of up to 32 hex digits", name)
	}
	if err != nil {
		return nil, err
	}
	defer f.Close()
	if info, err := f.Stat(); err == nil && info.IsDir() {
		return nil, fmt.Errorf("%s is a folder; name a file in it (try: doctor %s)", name, filepath.Join(name, "trace.json"))
	}
	traces, err := read.All(f)
	return traces, inFile(name, err)
}

func inFile(name string, err error) error {
	if err != nil {
		err = fmt.Errorf("%s: %w", name, err)
	}
	return err
}

// read gets the traces that the command line names, and examines them.
func (o *options) read(ctx context.Context, src source) ([]report.Case, error) {
	if o.service == "" {
		traces, err := src.named(ctx, o.names[0])
		if err != nil {
			return nil, err
		}
		return o.pick(diagnose(traces))
	}
	traces, err := src.jaeger.Find(ctx, o.service, time.Now().Add(-o.last))
	if err != nil {
		return nil, err
	}
	traces = src.withoutHalves(traces, time.Now())
	if len(traces) == 0 {
		return nil, fmt.Errorf("no traces of service %s in the last %s (try: a longer -last, or another -service)", o.service, short(o.last))
	}
	if len(traces) >= read.Most {
		limit := fmt.Sprintf("only the newest %d traces of %s were read (try: a shorter -last)", read.Most, o.service)
		for _, t := range traces {
			t.Notes = append(t.Notes, limit)
		}
	}
	return o.pick(diagnose(traces))
}

// pick leaves the case that -trace names, by its id or by as much of its beginning as no other has.
func (o *options) pick(cases []report.Case) ([]report.Case, error) {
	if o.trace == "" {
		return cases, nil
	}
	var alike []report.Case
	for _, c := range cases {
		id, asked := strings.ToLower(c.Trace.ID), strings.ToLower(o.trace)
		if id == asked {
			alike = []report.Case{c}
			break
		}
		if strings.HasPrefix(id, asked) {
			alike = append(alike, c)
		}
	}
	switch len(alike) {
	case 0:
		return nil, fmt.Errorf("-trace %s: not among the %d read", o.trace, len(cases))
	case 1:
		o.trace = alike[0].Trace.ID
		return alike, nil
	}
	return nil, fmt.Errorf("-trace %s: ambiguous, %d ids begin so, such as %s and %s (try: more of the id)", o.trace, len(alike), alike[0].Trace.ID, alike[1].Trace.ID)
}

// short writes a duration without its zeros: 15m, not 15m0s.
func short(d time.Duration) string {
	s := d.String()
	if strings.HasSuffix(s, "m0s") {
		s = strings.TrimSuffix(s, "0s")
	}
	if strings.HasSuffix(s, "h0m") {
		s = strings.TrimSuffix(s, "0m")
	}
	return s
}
