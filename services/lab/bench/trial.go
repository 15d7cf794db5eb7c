package bench

import (
	"context"
	"fmt"
	"time"

	"spanwise/lab/jaeger"
	"spanwise/lab/native"
)

// A trial is a load at one rate, and what became of its requests and spans on their way from the services through the Collector to
// Jaeger.
type trial struct {
	traffic
	rate   int
	length time.Duration
	spans  int64           // that the accepted requests made
	counts native.Delivery // of this trial
	found  jaeger.Count    // those that were looked for in Jaeger
	behind int64           // spans that were still in the Collector after keepUp
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
	t := trial{rate: rate, length: length}
	if t.traffic, err = send(ctx, s.plan(float64(rate), length), nil); err != nil {
		return t, err
	}
	t.spans = int64(t.Accepted * s.golden.Spans())
	after, err := s.settle(ctx, keepUp)
	if err != nil {
		return t, err
	}
	t.behind = after.Waiting()
	t.counts = native.Delivery{
		Accepted: after.Accepted - before.Accepted, Sent: after.Sent - before.Sent,
		Refused: after.Refused - before.Refused, Failed: after.Failed - before.Failed,
	}
	if _, err := s.settle(ctx, recovery); err != nil {
		return t, err
	}
	last := t.traces[max(0, len(t.traces)-sample):]
	t.found, err = s.jaeger.Count(ctx, last, keepUp+time.Duration(len(last))*time.Millisecond*10, s.golden.Complete)
	return t, err
}

// gaveWay says what did not hold the rate, from the first program on the way of a span to the last; "" if everything held.
func (t trial) gaveWay() string {
	switch {
	case failed(t.Report) > 0:
		return fmt.Sprintf("the services: %v", failure(t.Report))
	case t.Wait.P99 > slowest:
		return fmt.Sprintf("the services: the 99th percentile of the latency was %v", t.Wait.P99.Round(time.Millisecond))
	case t.counts.Refused > 0:
		return fmt.Sprintf("the Collector: it refused %d spans because of its memory limit", t.counts.Refused)
	case t.counts.Failed > 0:
		return fmt.Sprintf("the Collector: its queue had no place for %d spans", t.counts.Failed)
	case t.counts.Accepted < t.spans:
		return fmt.Sprintf("the services: %d of %d spans had not reached the Collector after %v", t.spans-t.counts.Accepted, t.spans, keepUp)
	case t.behind > 0:
		return fmt.Sprintf("Jaeger: %d spans were still in the Collector's queue after %v", t.behind, keepUp)
	case t.found.Lost() > 0:
		return fmt.Sprintf("Jaeger: %d of %d traces were not complete", t.found.Lost(), t.found.Asked)
	}
	return ""
}
