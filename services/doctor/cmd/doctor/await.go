package main

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"spanwise/doctor/read"
	tracing "spanwise/doctor/trace"
)

const (
	pause = 200 * time.Millisecond // between two looks
	quiet = 500 * time.Millisecond // a longer wait is announced
	fresh = 3 * time.Second        // how long after its end spans of a trace may still be on their way
)

// await reads one trace from Jaeger. Spans take a moment to arrive, each service's for itself: a trace that is not known
// yet, lacks parents, or is so new that more may come is looked at again, until two looks show the same or patience ends.
func (s source) await(ctx context.Context, id string) (*trace, error) {
	deadline := time.Now().Add(s.patience)
	announce := time.Now().Add(quiet)
	before := -1 // spans at the last look
	for {
		t, err := s.jaeger.Trace(ctx, id)
		switch {
		case err != nil && !errors.Is(err, read.ErrUnknown):
			return nil, err
		case err == nil && !arriving(t, time.Now()):
			return t, nil
		case err == nil && whole(t) && len(t.Spans) == before:
			return t, nil
		}
		if err == nil {
			before = len(t.Spans)
		}
		if !time.Now().Add(pause).Before(deadline) {
			return t, err
		}
		if !announce.IsZero() && time.Now().After(announce) {
			announce = time.Time{}
			fmt.Fprintf(s.stderr, "doctor: waiting up to %s for trace %s to arrive\n", short(s.patience), id)
		}
		select {
		case <-ctx.Done():
			return nil, ctx.Err()
		case <-time.After(pause):
		}
	}
}

// withoutHalves leaves traces out of which a part is still on its way: what is missing would look lost.
func (s source) withoutHalves(traces []*trace, now time.Time) []*trace {
	kept := slices.DeleteFunc(traces, func(t *trace) bool { return arriving(t, now) && !whole(t) })
	switch left := len(traces) - len(kept); left {
	case 0:
	case 1:
		fmt.Fprintln(s.stderr, "doctor: one more trace is still arriving")
	default:
		fmt.Fprintf(s.stderr, "doctor: %d more traces are still arriving\n", left)
	}
	return kept
}

// arriving reports a trace that ended so short a time ago that spans of it may be missing.
func arriving(t *trace, now time.Time) bool {
	var end int64
	for _, s := range t.Spans {
		end = max(end, s.End())
	}
	return now.UnixMicro()-end < fresh.Microseconds()
}

// whole reports a trace that has a root, the parent of each span, and the other end of each call to a service.
func whole(t *trace) bool {
	return len(t.Roots) > 0 && len(t.Orphans) == 0 && !slices.ContainsFunc(t.Spans, func(s *tracing.Span) bool {
		return s.Kind == tracing.Client && len(s.Children) == 0 && !s.Error && (s.Get(tracing.HTTPMethod) != "" || s.Get(tracing.RPCMethod) != "")
	})
}
