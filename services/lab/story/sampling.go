package story

import (
	"context"
	"fmt"
	"time"

	"spanwise/lab/bench"
	"spanwise/lab/jaeger"
	"spanwise/lab/native"
	"spanwise/lab/play"
)

// A Way is a way to sample. The zero value keeps every trace.
type Way struct {
	All, Order, Pricing string // the values of SAMPLING, ORDER_SAMPLING and PRICING_SAMPLING

	certain float64 // the share of failed and slow traces that is kept
	others  float64 // the share of the others
	parts   bool    // whether pricing's part of a trace may be kept without the rest
}

const (
	share     = 0.1                    // of all traces, and of those that tail sampling has no other reason to keep
	threshold = 500 * time.Millisecond // above which deploy/otelcol-tail.yaml keeps a trace
	half      = 0.5                    // what comes before tail sampling, and pricing's share of its own
)

// Ways are the ways to sample that the story about sampling compares. The first one keeps everything.
var Ways = []Way{
	{All: "all", certain: 1, others: 1},
	{All: "head:10%", certain: share, others: share},
	{All: "consistent:10%", Pricing: "consistent:50%", certain: share, others: share, parts: true},
	{All: "tail", certain: 1, others: share},
	{All: "tail", Order: "head:50%", certain: half, others: share},
}

// String names the way.
func (w Way) String() string {
	name := w.All
	if w.Order != "" {
		name += ", order " + w.Order
	}
	if w.Pricing != "" {
		name += ", pricing " + w.Pricing
	}
	return name
}

// Settings are the variables of a system that samples in this way.
func (w Way) Settings() []string {
	settings := []string{"SAMPLING=" + w.All, "OTELCOL_METRICS_LEVEL=detailed"} // which counts bytes
	if w.Order != "" {
		settings = append(settings, "ORDER_SAMPLING="+w.Order)
	}
	if w.Pricing != "" {
		settings = append(settings, "PRICING_SAMPLING="+w.Pricing)
	}
	return settings
}

// keeps is the probability with which the trace of such a request is kept.
func (w Way) keeps(kind int) float64 {
	if Kinds[kind].Remarkable {
		return w.certain
	}
	return w.others
}

const (
	warmUp  = 20 // requests before those that count; they open connections
	readers = 4  // how many traces are read at once
)

// A Sampled is what is left of the thousand requests.
type Sampled struct {
	Way            Way
	Kept           []int // traces in Jaeger, by kind
	Whole, Partial int
	Parts          int   // traces that have spans of pricing and none of order
	Accepted, Sent int64 // spans: from the services, and to Jaeger
	Bytes          int64 // of those sent
	Found          int   // N+1s in which the doctor finds one

	Requests []Estimate // by kind, from the thresholds in the trace states
	Calls    Estimate   // of pricing, likewise

	Read int      // kept traces that the doctor reads when it is asked for the service order
	Says []string // what it finds in them, the costliest first

	Cost *bench.Cost // nil if it was not measured
}

// Total returns how many traces were kept.
func (s Sampled) Total() (n int) {
	for _, kept := range s.Kept {
		n += kept
	}
	return n
}

// A System is where the thousand requests are played. Its Collector must have OTELCOL_METRICS_LEVEL=detailed.
type System struct {
	Way    Way
	Run    *native.Run
	Shop   play.Client
	Traces *jaeger.Reader
}

// Sample plays the thousand requests and looks at what is left of them.
func (s System) Sample(ctx context.Context) (Sampled, error) {
	result := Sampled{Way: s.Way, Kept: make([]int, len(Kinds)), Requests: make([]Estimate, len(Kinds))}
	for range warmUp {
		if _, err := s.Shop.Do(ctx, requestOf(ordinary, 10)); err != nil {
			return result, err
		}
	}
	before, err := s.settle(ctx)
	if err != nil {
		return result, err
	}
	began := time.Now()
	kinds, err := s.play(ctx, traffic())
	if err != nil {
		return result, err
	}
	after, err := s.settle(ctx)
	if err != nil {
		return result, err
	}
	result.Accepted, result.Sent, result.Bytes = after.Accepted-before.Accepted, after.Sent-before.Sent, after.Bytes-before.Bytes
	if err := s.look(ctx, kinds, &result); err != nil {
		return result, err
	}
	return result, s.ask(ctx, began, &result)
}

// play makes the requests, one after another, and returns the kind of each by the id of its trace.
func (s System) play(ctx context.Context, calls []call) (map[string]int, error) {
	kinds := map[string]int{}
	for _, c := range calls {
		a, err := s.Shop.Do(ctx, c.request)
		if err != nil {
			return nil, err
		}
		kinds[a.TraceID] = c.kind
	}
	return kinds, nil
}

const (
	calm  = 2 * time.Second  // without a change means that all spans have arrived
	limit = 60 * time.Second // for that to happen
)

// settle waits until no span is on its way any more, and returns the Collector's counts.
func (s System) settle(ctx context.Context) (native.Delivery, error) {
	ctx, cancel := context.WithTimeout(ctx, limit)
	defer cancel()
	var last native.Delivery
	for {
		if err := play.Wait(ctx, calm); err != nil {
			return last, fmt.Errorf("spans kept arriving for %v: %w", limit, err)
		}
		d, err := s.Run.Delivered(ctx)
		switch {
		case err != nil:
			return d, err
		case d == last && d.Waiting() == 0 && d.Tail.Undecided() == 0:
			return d, nil
		}
		last = d
	}
}
