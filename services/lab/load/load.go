// Package load makes requests at a steady rate, whatever becomes of them: an open loop, in which a slow answer does not
// slow the next request down and hide how long people would have waited. Call [Run], or [Start] to stop it later.
package load

import (
	"context"
	"math"
	"slices"
	"sync"
	"time"
)

// A Request makes one request and returns the trace that it made.
type Request func(ctx context.Context) (traceID string, err error)

// A Result is what became of the requests.
type Result struct {
	Asked   int             // requests made
	Traces  []string        // of those that were answered
	Errors  []error         // of the others
	Waits   []time.Duration // of those that were answered, shortest first, each from the moment it was due
	Elapsed time.Duration
}

// Quantile returns the wait that a part q of the answered requests did not exceed, by the nearest-rank method.
func (r Result) Quantile(q float64) time.Duration {
	if len(r.Waits) == 0 {
		return 0
	}
	rank := int(math.Ceil(q*float64(len(r.Waits)) - 1e-9)) // 0.07*100 is a little more than 7
	return r.Waits[min(max(rank, 1), len(r.Waits))-1]
}

// Run makes rate requests a second for that long and waits for all answers. It ends early when ctx does; requests
// that are under way then still get their answer.
func Run(ctx context.Context, rate int, length time.Duration, do Request) Result {
	var (
		mu     sync.Mutex
		result Result
		all    sync.WaitGroup
	)
	record := func(due time.Time, id string, err error) {
		wait := time.Since(due)
		mu.Lock()
		defer mu.Unlock()
		if err != nil {
			result.Errors = append(result.Errors, err)
			return
		}
		result.Traces = append(result.Traces, id)
		result.Waits = append(result.Waits, wait)
	}
	began := time.Now()
	for n := range rate * int(length/time.Millisecond) / 1000 {
		due := began.Add(time.Duration(n) * time.Second / time.Duration(rate))
		if !until(ctx, due) {
			break
		}
		result.Asked++
		all.Go(func() {
			id, err := do(context.WithoutCancel(ctx))
			record(due, id, err)
		})
	}
	all.Wait()
	result.Elapsed = time.Since(began)
	result.Sort()
	return result
}

// Sort puts the waits in order, for whoever collected them without [Run].
func (r *Result) Sort() { slices.Sort(r.Waits) }

// until waits until that time, and reports whether ctx lasted so long.
func until(ctx context.Context, due time.Time) bool {
	wait := time.Until(due)
	if wait <= 0 {
		return ctx.Err() == nil
	}
	timer := time.NewTimer(wait)
	defer timer.Stop()
	select {
	case <-timer.C:
		return true
	case <-ctx.Done():
		return false
	}
}

// Start is Run in the background. The function it returns ends the load and waits for the answers under way.
func Start(ctx context.Context, rate int, length time.Duration, do Request) (stop func() Result) {
	ctx, cancel := context.WithCancel(ctx)
	done := make(chan Result, 1)
	go func() { done <- Run(ctx, rate, length, do) }()
	return func() Result {
		cancel()
		return <-done
	}
}
