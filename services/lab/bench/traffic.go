package bench

import (
	"context"
	"fmt"
	"time"

	"spanwise/lab/load"
	"spanwise/lab/native"
)

// A traffic is what became of a load.
type traffic struct {
	load.Report
	traces []string      // of the accepted requests
	took   time.Duration // until the last answer
}

// plan makes ordinary requests at a steady rate.
func (s *system) plan(rate float64, length time.Duration) load.Plan {
	return load.Plan{
		Mix: load.Get(s.run.URL(native.OrderPort) + ordinary), Transport: s.shop.HTTP.Transport,
		Rate: rate, Length: length,
	}
}

// send puts a load on the system and waits for all answers. It calls each, unless that is nil, with every answer.
func send(ctx context.Context, plan load.Plan, each func(load.Answer)) (t traffic, err error) {
	began := time.Now()
	t.Report, err = load.Run(ctx, plan, func(a load.Answer) {
		if a.Kind == "" && a.TraceID != "" { // there is no trace without telemetry
			t.traces = append(t.traces, a.TraceID)
		}
		if each != nil {
			each(a)
		}
	})
	t.took = time.Since(began)
	if err == nil {
		err = ctx.Err()
	}
	return t, err
}

// failed returns how many requests were not accepted, or not even sent because too many were unanswered.
func failed(r load.Report) int { return r.Planned - r.Accepted }

// failure returns an error about the requests that failed, or nil.
func failure(r load.Report) error {
	switch {
	case failed(r) == 0:
		return nil
	case len(r.Failures) == 0:
		return fmt.Errorf("%d of %d requests could not be sent in time", r.NotSent, r.Planned)
	}
	return fmt.Errorf("%d of %d requests failed, most of them like this: %s", failed(r), r.Planned, r.Failures[0].First)
}
