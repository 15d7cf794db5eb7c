package bench

import (
	"context"
	"fmt"
	"time"

	"spanwise/lab/load"
)

// A turn is what a load of a few seconds cost, and how it was answered.
type turn struct {
	answered   float64
	failed     float64 // requests
	throughput float64 // answers a second
	p50, p99   float64 // ms
	used       usage
}

// per1000 returns the seconds of processor time of some programs for 1,000 requests.
func (t turn) per1000(programs ...string) float64 {
	return total(t.used.cpu, programs) / t.answered * 1000
}

// An offer is a kind of load.
type offer struct {
	name    string
	plan    func(s *system, length time.Duration) load.Plan
	latency func(load.Report) load.Percentiles
}

// atRate makes requests at a steady rate, whether or not earlier ones have been answered. Latencies count from when a request was
// due.
func atRate(rate int) offer {
	return offer{
		fmt.Sprintf("%d requests/s", rate),
		func(s *system, length time.Duration) load.Plan { return s.plan(float64(rate), length) },
		func(r load.Report) load.Percentiles { return r.Wait },
	}
}

const (
	// clients is how many requests are under way at saturation: enough that two processors are never idle, and so few that
	// no service refuses one.
	clients = 8
	// beyond is more than the services can answer.
	beyond = 20_000
)

// saturation makes the next request as soon as one is answered, with a fixed number under way. Such a closed loop finds the
// highest throughput without a guess of the rate; its latencies are those of that many clients.
var saturation = offer{
	"saturation",
	func(s *system, length time.Duration) load.Plan {
		plan := s.plan(beyond, length)
		plan.InFlight = clients
		return plan
	},
	func(r load.Report) load.Percentiles { return r.Latency },
}

// patience bounds the wait for the spans of a turn, which are part of its cost.
const patience = 30 * time.Second

// take puts the load on the system and measures it until its last span is in Jaeger.
func (o offer) take(ctx context.Context, s *system, length time.Duration) (turn, error) {
	before, err := s.usage(ctx)
	if err != nil {
		return turn{}, err
	}
	result, err := send(ctx, o.plan(s, length), nil)
	if err != nil {
		return turn{}, err
	}
	if result.Accepted == 0 {
		return turn{}, fmt.Errorf("at %s, %w", o.name, failure(result.Report))
	}
	if _, err := s.settle(ctx, patience); err != nil {
		return turn{}, err
	}
	after, err := s.usage(ctx)
	if err != nil {
		return turn{}, err
	}
	latency := o.latency(result.Report)
	return turn{
		answered: float64(result.Accepted), failed: float64(result.Sent - result.Accepted), throughput: result.Goodput, used: after.since(before),
		p50: ms(latency.P50), p99: ms(latency.P99),
	}, nil
}

func ms(d time.Duration) float64 { return float64(d) / float64(time.Millisecond) }
