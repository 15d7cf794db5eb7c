package story

import (
	"context"
	"errors"
	"fmt"
	"math"
	"slices"
	"sync"
	"time"

	"golang.org/x/sync/errgroup"

	"spanwise/doctor"
	"spanwise/doctor/read"
	"spanwise/doctor/report"
	"spanwise/doctor/trace"
	"spanwise/lab/native"
	"spanwise/lab/play"
)

// look reads every trace that is in Jaeger.
func (s System) look(ctx context.Context, kinds map[string]int, result *Sampled) error {
	var mu sync.Mutex
	group, ctx := errgroup.WithContext(ctx)
	group.SetLimit(readers)
	for id, kind := range kinds {
		group.Go(func() error {
			t, err := s.Traces.Trace(ctx, id)
			if errors.Is(err, read.ErrUnknown) {
				return nil
			}
			if err != nil {
				return err
			}
			mu.Lock()
			defer mu.Unlock()
			result.add(kind, t)
			return nil
		})
	}
	return group.Wait()
}

// add counts a trace that is in Jaeger.
func (s *Sampled) add(kind int, t *trace.Trace) {
	calls, weight := callsOf(t)
	s.Calls.add(calls, weight)
	root := slices.IndexFunc(t.Roots, func(span *trace.Span) bool { return span.Service == native.Order })
	if root < 0 && calls > 0 {
		s.Parts++
		return
	}
	s.Kept[kind]++
	if !play.Complete(t) {
		s.Partial++
		return
	}
	s.Whole++
	s.Requests[kind].add(1, max(t.Roots[root].Weight, 1))
	if (kind == slowLoop || kind == fastLoop) && findsLoop(t) {
		s.Found++
	}
}

// callsOf counts the calls of pricing in a trace, and returns how many each stands for.
func callsOf(t *trace.Trace) (calls int, weight float64) {
	weight = 1
	for _, span := range t.Spans {
		if span.Service == native.Pricing && span.Kind == trace.Server {
			calls++
			weight = max(weight, span.Weight)
		}
	}
	return calls, weight
}

// findsLoop reports whether the doctor finds an N+1.
func findsLoop(t *trace.Trace) bool {
	return slices.ContainsFunc(doctor.Diagnose(t).Findings, func(f doctor.Finding) bool { return f.Kind == "n-plus-one" })
}

// ask asks the doctor for the service order, as doctor -service does.
func (s System) ask(ctx context.Context, began time.Time, result *Sampled) error {
	traces, err := s.Traces.Find(ctx, native.Order, began)
	if err != nil {
		return err
	}
	result.Read = len(traces)
	var cases []report.Case
	for i, r := range doctor.DiagnoseAll(traces) {
		cases = append(cases, report.Case{Trace: traces[i], Service: native.Order, Report: r})
	}
	for _, c := range report.Causes(cases) {
		says := fmt.Sprintf("%s, in %d", report.Title(c.Finding), c.Traces)
		if about := math.Round(c.Requests); about > float64(c.Traces) {
			says += fmt.Sprintf(", for about %.0f", about)
		}
		result.Says = append(result.Says, says)
	}
	return nil
}
