package bench

import (
	"context"
	"fmt"
	"math"
	"time"

	"spanwise/lab/load"
	"spanwise/lab/native"
)

// A turn is what a load of a few seconds cost, and how it was answered.
type turn struct {
	answered   float64
	failed     float64 // requests
	lost       float64 // spans that did not reach Jaeger within patience, so that the turn looks cheaper than it was
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

// A bound is the least and the most spans that a turn sends to Jaeger.
type bound struct{ least, most float64 }

// spansOf returns how many spans reach Jaeger of requests that make that many each, if a share of them is sampled. accepted
// requests make all of their spans, the others of planned some or none. A share that is neither all nor nothing is a binomial one, whose
// deviation is over five times the standard deviation once in two million turns. Opening connections makes a few more spans.
func spansOf(accepted, planned, spans int, share float64) bound {
	between := func(requests int) (least, most float64) {
		mean, deviation := share*float64(requests), 5*math.Sqrt(share*(1-share)*float64(requests))
		return max(0, mean-deviation), mean + deviation
	}
	least, _ := between(accepted)
	_, most := between(planned)
	if share < 1 {
		return bound{least * float64(spans), 1.1 * most * float64(spans)}
	}
	return bound{least * float64(spans), math.Inf(1)}
}

// take puts the load on the system and measures it until its last span is in Jaeger.
func (o offer) take(ctx context.Context, s *system, length time.Duration) (turn, error) {
	counted, err := s.run.Delivered(ctx)
	if err != nil {
		return turn{}, err
	}
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
	want := spansOf(result.Accepted, result.Planned, s.golden.Spans(), s.share)
	sent, err := s.delivered(ctx, counted, want.least)
	if err != nil {
		return turn{}, err
	}
	if sent > want.most {
		return turn{}, fmt.Errorf("at %s, %.0f spans reached Jaeger, of a system that samples a share of %g: want at most %.0f", o.name, sent, s.share, want.most)
	}
	after, err := s.usage(ctx)
	if err != nil {
		return turn{}, err
	}
	latency := o.latency(result.Report)
	return turn{
		answered: float64(result.Accepted), failed: float64(result.Sent - result.Accepted), throughput: result.Goodput, used: after.since(before),
		lost: max(0, want.least-sent),
		p50:  ms(latency.P50), p99: ms(latency.P99),
	}, nil
}

// delivered returns how many spans have reached Jaeger since before, once that are at least that many and no more are on their way, or
// after patience.
func (s *system) delivered(ctx context.Context, before native.Delivery, least float64) (float64, error) {
	end := time.Now().Add(patience)
	for {
		now, err := s.settle(ctx, time.Until(end))
		if sent := float64(now.Sent - before.Sent); err != nil || sent >= least || time.Now().After(end) {
			return sent, err
		}
	}
}

func ms(d time.Duration) float64 { return float64(d) / float64(time.Millisecond) }
