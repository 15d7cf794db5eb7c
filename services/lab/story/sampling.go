package story

import (
	"context"
	"fmt"
	"time"

	"spanwise/internal/sampling"
	"spanwise/lab/jaeger"
	"spanwise/lab/native"
	"spanwise/lab/play"
)

// Modes are the ways to sample that the story about sampling compares.
var Modes = []sampling.Mode{{}, {Head: share}, {Tail: true}}

const (
	share     = 0.1                    // of all traces, and of those that tail sampling has no other reason to keep
	threshold = 500 * time.Millisecond // above which deploy/otelcol-tail.yaml keeps a trace

	warmUp  = 20 // requests before those that count; they open connections
	readers = 4  // how many traces are read at once
)

// A Sampled is what is left of the thousand requests.
type Sampled struct {
	Mode           sampling.Mode
	Kept           []int // traces in Jaeger, by kind
	Whole, Partial int
	Accepted, Sent int64     // spans: from the services, and to Jaeger
	Bytes          int64     // of those sent
	Estimate       []float64 // how many requests the kept traces stand for, by kind
	Read           int       // kept traces that the doctor reads when it is asked for the service order
	Says           []string  // what it finds in them, the costliest first
}

// Total returns how many traces were kept.
func (s Sampled) Total() (n int) {
	for _, kept := range s.Kept {
		n += kept
	}
	return n
}

// Unweighted returns the share of failed traces among all that are kept.
func (s Sampled) Unweighted() float64 { return float64(s.Kept[failed]) / float64(max(s.Total(), 1)) }

// A System is where the thousand requests are played. Its Collector must have OTELCOL_METRICS_LEVEL=detailed.
type System struct {
	Run    *native.Run
	Shop   play.Client
	Traces *jaeger.Reader
}

// Sample plays the thousand requests and looks at what is left of them.
func (s System) Sample(ctx context.Context) (Sampled, error) {
	result := Sampled{Mode: s.Run.Sampling, Kept: make([]int, len(Kinds)), Estimate: make([]float64, len(Kinds))}
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
