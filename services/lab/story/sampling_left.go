package story

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"time"

	"golang.org/x/sync/errgroup"

	"spanwise/doctor"
	"spanwise/doctor/read"
	"spanwise/doctor/report"
	"spanwise/doctor/trace"
	"spanwise/internal/sampling"
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

func (s *Sampled) add(kind int, t *trace.Trace) {
	s.Kept[kind]++
	if play.Complete(t) {
		s.Whole++
	} else {
		s.Partial++
	}
	s.Estimate[kind] += s.weight(kind, t)
}

// weight is how many requests a kept trace stands for.
func (s *Sampled) weight(kind int, t *trace.Trace) float64 {
	certain := kind == failed || time.Duration(doctor.Headline(t).Duration)*time.Microsecond > threshold
	if s.Mode == (sampling.Mode{}) || s.Mode.Tail && certain {
		return 1
	}
	return 1 / share
}

// ask asks the doctor for the service order, as doctor -service does.
func (s System) ask(ctx context.Context, began time.Time, result *Sampled) error {
	traces, err := s.Traces.Find(ctx, native.Order, began)
	if err != nil {
		return err
	}
	result.Read = len(traces)
	type finding struct {
		title string
		cost  trace.Micros
		in    int
	}
	byTitle := map[string]*finding{}
	var all []*finding
	for _, r := range doctor.DiagnoseAll(traces) {
		for _, f := range r.Findings {
			title := report.Title(f)
			if byTitle[title] == nil {
				byTitle[title] = &finding{title: title}
				all = append(all, byTitle[title])
			}
			byTitle[title].cost += f.CriticalPathUS
			byTitle[title].in++
		}
	}
	slices.SortFunc(all, func(a, b *finding) int { return cmp.Compare(b.cost, a.cost) })
	for _, f := range all {
		result.Says = append(result.Says, fmt.Sprintf("%s, in %d", f.title, f.in))
	}
	return nil
}
