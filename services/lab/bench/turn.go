package bench

import (
	"context"
	"fmt"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"spanwise/lab/native"
	load "spanwise/lab/steadyload"
)

// A turn is what a load of a few seconds cost, and how it was answered.
type turn struct {
	answered   float64
	throughput float64 // answers a second
	p50, p99   float64 // ms
	cpu        map[string]float64
}

// per1000 returns the seconds of processor time of some programs for 1,000 requests.
func (t turn) per1000(programs ...string) float64 { return total(t.cpu, programs) / t.answered * 1000 }

// An offer is a kind of load.
type offer struct {
	name string
	make func(ctx context.Context, s *system, length time.Duration) load.Result
}

// atRate makes requests at a steady rate, whether or not earlier ones have been answered.
func atRate(rate int) offer {
	return offer{fmt.Sprintf("%d requests/s", rate), func(ctx context.Context, s *system, length time.Duration) load.Result {
		return load.Run(ctx, rate, length, s.ask)
	}}
}

// clients is how many requests are under way at saturation: enough that two processors are never idle, and so few that
// no service refuses one.
const clients = 8

// saturation makes the next request as soon as one is answered, with a fixed number under way. Such a closed loop finds the
// highest throughput without a guess of the rate; its latencies are those of that many clients.
var saturation = offer{"saturation", func(ctx context.Context, s *system, length time.Duration) load.Result {
	return closedLoop(ctx, clients, length, s.ask)
}}

// closedLoop lets each client make requests one after another for the given time.
func closedLoop(ctx context.Context, clients int, length time.Duration, do load.Request) load.Result {
	results := make([]load.Result, clients)
	end := time.Now().Add(length)
	var sent atomic.Int64
	var all sync.WaitGroup
	for i := range clients {
		all.Go(func() {
			for r := &results[i]; time.Now().Before(end) && ctx.Err() == nil; {
				sent.Add(1)
				began := time.Now()
				id, err := do(ctx)
				if err != nil {
					r.Errors = append(r.Errors, err)
					continue
				}
				r.Traces = append(r.Traces, id)
				r.Waits = append(r.Waits, time.Since(began))
			}
		})
	}
	all.Wait()
	return merge(int(sent.Load()), results)
}

// patience bounds the wait for the spans of a turn, which are part of its cost.
const patience = 30 * time.Second

// take puts the load on the system and measures it until its last span is in Jaeger.
func (o offer) take(ctx context.Context, s *system, length time.Duration) (turn, error) {
	before, err := s.cpu()
	if err != nil {
		return turn{}, err
	}
	began := time.Now()
	result := o.make(ctx, s, length)
	took := time.Since(began)
	switch {
	case ctx.Err() != nil:
		return turn{}, ctx.Err()
	case len(result.Errors) > 0:
		return turn{}, fmt.Errorf("%d of %d requests failed at %s, the first: %w", len(result.Errors), result.Sent, o.name, result.Errors[0])
	}
	if _, err := s.settle(ctx, patience); err != nil {
		return turn{}, err
	}
	used, err := s.cpu()
	if err != nil {
		return turn{}, err
	}
	for _, name := range native.All {
		used[name] -= before[name]
	}
	answered := float64(len(result.Waits))
	return turn{
		answered: answered, throughput: answered / took.Seconds(), cpu: used,
		p50: ms(result.Quantile(0.5)), p99: ms(result.Quantile(0.99)),
	}, nil
}

func ms(d time.Duration) float64 { return float64(d) / float64(time.Millisecond) }

// merge puts the results of several clients together.
func merge(sent int, results []load.Result) load.Result {
	all := load.Result{Sent: sent}
	for _, r := range results {
		all.Traces = append(all.Traces, r.Traces...)
		all.Errors = append(all.Errors, r.Errors...)
		all.Waits = append(all.Waits, r.Waits...)
	}
	slices.Sort(all.Waits)
	return all
}
