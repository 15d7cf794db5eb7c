package bench

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"spanwise/lab/load"
	"spanwise/lab/native"
)

var arrival = Part{
	Name:  "arrival",
	Title: "From the answer to the trace",
	About: "At 25 requests a second, Jaeger is asked for each trace from the moment of the answer, every 20 ms, until it has all spans; a round has 50 requests. " +
		"A start goes from the command, with everything built, to the first complete trace. `.ci/cold` measures a cold start.",
	measure: (*Bench).arrival,
}

const (
	perRound    = 50
	arrivalRate = 25
	// longest bounds the wait for one trace, which otherwise counts as that long.
	longest = 10 * time.Second
)

func (b *Bench) arrival(ctx context.Context) (figures Figures, err error) {
	var starts []float64
	for n := range b.Size.starts {
		b.Say("  start %d of %d", n+1, b.Size.starts)
		began := time.Now()
		err := b.Ours(ctx, nil, func(run *native.Run) error {
			s, err := newSystem(run)
			if err != nil {
				return err
			}
			id, err := s.get(ctx, ordinary)
			if err != nil {
				return err
			}
			if _, err := s.complete(ctx, id); err != nil {
				return err
			}
			starts = append(starts, time.Since(began).Seconds())
			if n == b.Size.starts-1 {
				figures, err = s.arrivals(ctx, b.Size.rounds, b.Say)
			}
			return err
		})
		if err != nil {
			return figures, err
		}
	}
	return append(figures, figure("warm start to the first complete trace", "s", starts...).atMost(5)), nil
}

// complete returns how long it takes from now until a trace is complete.
func (s *system) complete(ctx context.Context, id string) (time.Duration, error) {
	began := time.Now()
	patient, cancel := context.WithTimeout(ctx, longest)
	defer cancel()
	t, err := s.jaeger.Await(patient, id, s.golden.Complete)
	if err != nil {
		return 0, err
	}
	if !s.golden.Complete(t) {
		return 0, fmt.Errorf("not complete after %v: %w", longest, s.golden.Mismatch(t))
	}
	return time.Since(began), nil
}

// arrivals measures the quantiles of the time to a complete trace in each round.
func (s *system) arrivals(ctx context.Context, rounds int, say func(string, ...any)) (Figures, error) {
	var p50, p95, p99 []float64
	for range rounds + 1 {
		took, err := s.round(ctx, say)
		if err != nil {
			return nil, err
		}
		p50, p95, p99 = append(p50, quantile(took, 0.5)), append(p95, quantile(took, 0.95)), append(p99, quantile(took, 0.99))
	}
	// The first round does not count: it fills caches and opens connections.
	return Figures{
		figure("answer to complete trace: p95", "ms", p95[1:]...).atMost(500),
		figure("answer to complete trace: p50", "ms", p50[1:]...),
		figure("answer to complete trace: p99", "ms", p99[1:]...),
	}, nil
}

// round returns how long the traces of a round took, in milliseconds. It says which were never complete.
func (s *system) round(ctx context.Context, say func(string, ...any)) ([]float64, error) {
	var waiting sync.WaitGroup
	var mu sync.Mutex
	var took []float64
	result, err := send(ctx, s.plan(arrivalRate, perRound*time.Second/arrivalRate), func(a load.Answer) {
		waiting.Go(func() {
			d, err := s.complete(ctx, a.TraceID)
			if err != nil {
				say("  counted as %v: %v", longest, err)
				d = longest
			}
			mu.Lock()
			defer mu.Unlock()
			took = append(took, ms(d))
		})
	})
	waiting.Wait()
	return took, errors.Join(err, failure(result.Report))
}
