// Deprecated: the old loop, only until bench, drill and profile use package load. Whoever changes the last of them deletes this package.
//
// Package steadyload makes requests at a steady rate, whether or not earlier ones have been answered. In such an open loop a slow
// answer does not delay later requests, which would hide how long users wait. Call [Run], or [Start] to stop it later.
package steadyload

import (
	"context"
	"math"
	"slices"
	"sync"
	"time"

	"spanwise/lab/play"
	"spanwise/lab/scenario"
)

// A Request makes one request and returns the id of its trace.
type Request func(ctx context.Context) (traceID string, err error)

// Get returns a GET request to the order service.
func Get(shop play.Client, path string) Request {
	return func(ctx context.Context) (string, error) {
		a, err := shop.Do(ctx, scenario.Request{Method: "GET", Path: path})
		return a.TraceID, err
	}
}

// A Result is the outcome of all requests.
type Result struct {
	Sent   int             // requests
	Traces []string        // of those that were answered
	Errors []error         // of the others
	Waits  []time.Duration // of those that were answered, shortest first, each from the moment it was due
}

// Quantile returns the wait that a fraction q of the answered requests did not exceed, by the nearest-rank method.
func (r Result) Quantile(q float64) time.Duration {
	if len(r.Waits) == 0 {
		return 0
	}
	rank := int(math.Ceil(q*float64(len(r.Waits)) - 1e-9)) // 0.07*100 is a little more than 7
	return r.Waits[min(max(rank, 1), len(r.Waits))-1]
}

// Run makes rate requests a second for the given time and waits for all answers. If ctx ends, it makes no more requests,
// but still waits for the answers to those already made.
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
		if ctx.Err() != nil || play.Wait(ctx, time.Until(due)) != nil {
			break
		}
		result.Sent++
		all.Go(func() {
			id, err := do(context.WithoutCancel(ctx))
			record(due, id, err)
		})
	}
	all.Wait()
	slices.Sort(result.Waits)
	return result
}

// Start is Run in the background. The function it returns ends the load and waits for the outstanding answers.
func Start(ctx context.Context, rate int, length time.Duration, do Request) (stop func() Result) {
	ctx, cancel := context.WithCancel(ctx)
	done := make(chan Result, 1)
	go func() { done <- Run(ctx, rate, length, do) }()
	return func() Result {
		cancel()
		return <-done
	}
}
