package main

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"spanwise/doctor/read"
	"spanwise/doctor/trace"
)

const (
	pollEvery   = 200 * time.Millisecond
	silentUntil = 500 * time.Millisecond // a longer wait is announced
	fresh       = 3 * time.Second        // how long after the end of a trace some of its spans may still be on their way
)

// await reads one trace from the server. Spans take a moment to arrive, and each service sends its own: a trace that is unknown,
// lacks parents, or is so new that more may come is read again, until it stops growing or the wait is over.
func (s source) await(ctx context.Context, id string) (*trace.Trace, error) {
	deadline := time.Now().Add(s.wait)
	announce := time.Now().Add(silentUntil)
	before := -1 // spans in the previous attempt
	for {
		t, err := s.backend.Trace(ctx, id)
		switch {
		case err != nil && !errors.Is(err, read.ErrUnknown):
			return nil, err
		case err == nil && !arriving(t, time.Now()):
			return t, nil
		case err == nil && complete(t) && len(t.Spans) == before:
			return t, nil
		}
		if err == nil {
			before = len(t.Spans)
		}
		if !time.Now().Add(pollEvery).Before(deadline) {
			return t, err
		}
		if !announce.IsZero() && time.Now().After(announce) {
			announce = time.Time{}
			fmt.Fprintf(s.stderr, "doctor: waiting up to %s for trace %s to arrive\n", trace.Micros(s.wait.Microseconds()), id)
		}
		select {
		case <-ctx.Done():
			return nil, ctx.Err()
		case <-time.After(pollEvery):
		}
	}
}

// arriving reports whether a trace ended so recently that spans of it may be missing.
func arriving(t *trace.Trace, now time.Time) bool {
	var end trace.Micros
	for _, s := range t.Spans {
		end = max(end, s.End())
	}
	return trace.Micros(now.UnixMicro())-end < trace.Micros(fresh.Microseconds())
}

// complete reports whether a trace has a root, the parent of each span, and the other end of each call to a service.
func complete(t *trace.Trace) bool {
	return len(t.Roots) > 0 && len(t.Orphans) == 0 && !slices.ContainsFunc(t.Spans, func(s *trace.Span) bool {
		return s.Kind == trace.Client && len(s.Children) == 0 && !s.Error && (s.Get(trace.HTTPMethod) != "" || s.Get(trace.RPCMethod) != "")
	})
}
