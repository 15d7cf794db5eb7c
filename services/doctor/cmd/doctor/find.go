package main

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode"

	"spanwise/doctor/read"
	"spanwise/doctor/trace"
)

// find reads the traces of a service. If the newest ones may still be arriving, it waits for them, as it does for one trace. It leaves
// out what is incomplete even then: the missing parts would look lost.
func (s source) find(ctx context.Context, service string, from, to time.Time) ([]*trace.Trace, error) {
	deadline := time.Now().Add(s.wait)
	traces, err := s.backend.FindBetween(ctx, service, from, to)
	if err == nil && time.Since(to) < fresh && len(traces) < read.MaxTraces {
		traces, err = s.settle(ctx, service, traces, to, deadline)
	}
	if err != nil {
		return nil, err
	}
	found, now := len(traces), time.Now()
	traces = slices.DeleteFunc(traces, func(t *trace.Trace) bool { return unfinished(t, now) })
	if n := found - len(traces); n > 0 {
		fmt.Fprintf(s.notes, "doctor: traces left out because they are still arriving: %d\n", n)
	}
	if len(traces) == 0 {
		return nil, s.noTraces(ctx, service, from, to)
	}
	return traces, nil
}

// settle reads the newest traces again until none is unfinished and no more of them arrive, or until the deadline. If there are old traces
// only, it has nothing to wait for.
func (s source) settle(ctx context.Context, service string, traces []*trace.Trace, to, deadline time.Time) ([]*trace.Trace, error) {
	announce := time.Now().Add(silentUntil)
	for spans := -1; ; {
		now := time.Now()
		recent := slices.DeleteFunc(slices.Clone(traces), func(t *trace.Trace) bool { return !arriving(t, now) })
		before := spans
		spans = countSpans(recent)
		settled := spans == before && !slices.ContainsFunc(recent, func(t *trace.Trace) bool { return unfinished(t, now) })
		if len(recent) == 0 && len(traces) > 0 || settled && spans > 0 || !now.Add(pollEvery).Before(deadline) {
			return traces, nil
		}
		if !announce.IsZero() && now.After(announce) {
			announce = time.Time{}
			fmt.Fprintf(s.stderr, "doctor: waiting up to %s for the newest traces of %s to arrive\n", trace.Micros(s.wait.Microseconds()), service)
		}
		select {
		case <-ctx.Done():
			return nil, ctx.Err()
		case <-time.After(pollEvery):
		}
		newer, err := s.backend.FindBetween(ctx, service, since(recent, to), to)
		if err != nil {
			return nil, err
		}
		traces = merge(traces, newer)
	}
}

// since is when the first of some traces began, or shortly before to.
func since(recent []*trace.Trace, to time.Time) time.Time {
	first := to.Add(-fresh)
	for _, t := range recent {
		if began := time.UnixMicro(int64(t.Spans[0].Start)); began.Before(first) {
			first = began
		}
	}
	return first
}

// merge adds newer versions of traces, and further ones. The result is sorted by the traces' start.
func merge(traces, newer []*trace.Trace) []*trace.Trace {
	byID := map[string]*trace.Trace{}
	for _, t := range slices.Concat(traces, newer) {
		byID[t.ID] = t
	}
	merged := slices.SortedFunc(maps.Values(byID), func(a, b *trace.Trace) int {
		return cmp.Or(cmp.Compare(a.Spans[0].Start, b.Spans[0].Start), cmp.Compare(a.ID, b.ID))
	})
	trace.ResolveCallees(merged...)
	return merged
}

func countSpans(traces []*trace.Trace) (n int) {
	for _, t := range traces {
		n += len(t.Spans)
	}
	return n
}

// unfinished reports whether a trace is new, and parts of it are missing.
func unfinished(t *trace.Trace, now time.Time) bool { return arriving(t, now) && !complete(t) }

// noTraces is the error for a service without traces. If the server does not know the service, it says which ones it knows.
func (s source) noTraces(ctx context.Context, service string, from, to time.Time) error {
	period := "last " + trace.Micros(to.Sub(from).Microseconds()).String()
	if time.Since(to) > time.Minute {
		period = period[len("last "):] + " before " + to.UTC().Format("2006-01-02 15:04:05 UTC")
	}
	what := fmt.Sprintf("no traces of service %s in the %s", service, period)
	known, err := s.backend.Services(ctx)
	switch {
	case err != nil || slices.Contains(known, service):
		return read.Advise("try: a longer -last", "%s", what)
	case len(known) == 0:
		return read.Advise("try: a request to a service that sends its spans there", "%s: %s has no traces of any service yet", what, s.backend)
	}
	return read.Advise("try: -service "+known[0], "%s: %s has traces of %s", what, s.backend, list(known))
}

// list joins names for people; it counts those beyond the first 20.
func list(names []string) string {
	const most = 20
	names = slices.Clone(names)
	for i, name := range names {
		if strings.ContainsFunc(name, func(r rune) bool { return !unicode.IsPrint(r) }) {
			names[i] = strconv.Quote(name)
		}
	}
	if more := len(names) - most; more > 0 {
		names = append(names[:most], fmt.Sprintf("%d more", more))
	}
	if n := len(names) - 1; n > 0 {
		return strings.Join(names[:n], ", ") + " and " + names[n]
	}
	return names[0]
}
