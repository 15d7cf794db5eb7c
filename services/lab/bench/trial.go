package bench

import (
	"context"
	"fmt"
	"time"

	"spanwise/lab/jaeger"
	"spanwise/lab/native"
	load "spanwise/lab/steadyload"
)

// A trial is a load at one rate, and what became of its requests and spans on their way from the services through the Collector to
// Jaeger.
type trial struct {
	rate         int
	sent, failed int
	took         time.Duration // until the last answer
	p99          time.Duration
	spans        int64           // that the answered requests made
	counts       native.Delivery // of this trial
	traces       jaeger.Count    // those that were looked for in Jaeger
	waiting      int64           // spans that were still in the Collector after keepUp
	firstErr     error
}

const (
	// slowest is the 99th percentile above which a rate does not count as held.
	slowest = time.Second
	// keepUp is how long after a load its last span may take. A pipeline that needs longer does not hold the rate: its queues
	// grow.
	keepUp = 5 * time.Second
	// recovery bounds the wait for the rest, so that it does not burden the next trial.
	recovery = 2 * time.Minute
)

// try puts a load on the system and follows its spans. Up to sample traces are looked for in Jaeger, those of the last requests.
func (s *system) try(ctx context.Context, rate int, length time.Duration, sample int) (trial, error) {
	before, err := s.run.Delivered(ctx)
	if err != nil {
		return trial{}, err
	}
	began := time.Now()
	result := load.Run(ctx, rate, length, s.ask)
	t := trial{rate: rate, sent: result.Sent, failed: len(result.Errors), took: time.Since(began), p99: result.Quantile(0.99)}
	if t.failed > 0 {
		t.firstErr = result.Errors[0]
	}
	t.spans = int64(len(result.Traces) * s.golden.Spans())
	after, err := s.settle(ctx, keepUp)
	if err != nil {
		return t, err
	}
	t.waiting = after.Waiting()
	t.counts = native.Delivery{
		Accepted: after.Accepted - before.Accepted, Sent: after.Sent - before.Sent,
		Refused: after.Refused - before.Refused, Failed: after.Failed - before.Failed,
	}
	if _, err := s.settle(ctx, recovery); err != nil {
		return t, err
	}
	last := result.Traces[max(0, len(result.Traces)-sample):]
	t.traces, err = s.jaeger.Count(ctx, last, keepUp+time.Duration(len(last))*time.Millisecond*10, s.golden.Matches)
	return t, err
}

// gaveWay says what did not hold the rate, from the first program on the way of a span to the last; "" if everything held.
func (t trial) gaveWay() string {
	due := time.Duration(t.sent) * time.Second / time.Duration(t.rate)
	switch {
	case t.failed > 0:
		return fmt.Sprintf("the services: %d of %d requests failed, the first: %v", t.failed, t.sent, t.firstErr)
	case t.p99 > slowest:
		return fmt.Sprintf("the services: the 99th percentile of the latency was %v", t.p99.Round(time.Millisecond))
	case t.took > due+slowest:
		return fmt.Sprintf("the load generator: it took %v instead of %v", t.took.Round(time.Millisecond), due)
	case t.counts.Refused > 0:
		return fmt.Sprintf("the Collector: it refused %d spans because of its memory limit", t.counts.Refused)
	case t.counts.Failed > 0:
		return fmt.Sprintf("the Collector: its queue had no place for %d spans", t.counts.Failed)
	case t.counts.Accepted < t.spans:
		return fmt.Sprintf("the services: %d of %d spans had not reached the Collector after %v", t.spans-t.counts.Accepted, t.spans, keepUp)
	case t.waiting > 0:
		return fmt.Sprintf("Jaeger: %d spans were still in the Collector's queue after %v", t.waiting, keepUp)
	case t.traces.Lost() > 0:
		return fmt.Sprintf("Jaeger: %d of %d traces were not complete", t.traces.Lost(), t.traces.Asked)
	}
	return ""
}
