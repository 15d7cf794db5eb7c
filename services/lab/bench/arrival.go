package bench

import (
	"context"
	"fmt"
	"sync"
	"time"

	"spanwise/lab/native"
	load "spanwise/lab/steadyload"
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
			if _, err := s.arrived(ctx); err != nil {
				return err
			}
			starts = append(starts, time.Since(began).Seconds())
			if n == b.Size.starts-1 {
				figures, err = s.arrivals(ctx, b.Size.rounds)
			}
			return err
		})
		if err != nil {
			return nil, err
		}
	}
	return append(figures, figure("warm start to the first complete trace", "s", starts...).atMost(5)), nil
}

// arrived makes a request and returns how long after its answer its trace was complete.
func (s *system) arrived(ctx context.Context) (time.Duration, error) {
	id, err := s.ask(ctx)
	if err != nil {
		return 0, err
	}
	began := time.Now()
	patient, cancel := context.WithTimeout(ctx, longest)
	defer cancel()
	t, err := s.jaeger.Await(patient, id, s.golden.Matches)
	if err != nil {
		return 0, err
	}
	if !s.golden.Matches(t) {
		return 0, fmt.Errorf("trace %s was not complete after %v", id, longest)
	}
	return time.Since(began), nil
}

// arrivals measures the quantiles of the time to a complete trace in each round.
func (s *system) arrivals(ctx context.Context, rounds int) (Figures, error) {
	var p50, p95, p99 []float64
	for range rounds + 1 {
		var mu sync.Mutex
		var took []float64
		result := load.Run(ctx, arrivalRate, perRound*time.Second/arrivalRate, func(ctx context.Context) (string, error) {
			d, err := s.arrived(ctx)
			mu.Lock()
			defer mu.Unlock()
			if err == nil {
				took = append(took, ms(d))
			}
			return "", err
		})
		if len(result.Errors) > 0 {
			return nil, result.Errors[0]
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
