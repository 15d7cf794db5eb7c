// Package bench measures a running lab against what it promises. Call [All] for the figures and [Markdown] for a
// table of them.
package bench

import (
	"context"
	"fmt"
	"time"

	"spanwise/lab/jaeger"
	"spanwise/lab/load"
	"spanwise/lab/native"
	"spanwise/lab/play"
	"spanwise/lab/scenario"
	"spanwise/lab/smoke"
)

// A Figure is one measurement, with the bound that it should keep.
type Figure struct {
	Name   string  `json:"name"`
	Value  float64 `json:"value"`
	Unit   string  `json:"unit"`
	Target string  `json:"target,omitempty"` // as a person reads it; empty if there is none
	Met    bool    `json:"met"`
}

// Size is how much is measured. Both sizes measure the same things.
type Size struct {
	load     time.Duration // of 500 requests a second
	arrivals int           // traces whose way to Jaeger is timed
}

// The sizes: what the promises are about, and what fits into CI.
var (
	Full  = Size{30 * time.Second, 100}
	Quick = Size{5 * time.Second, 40}
)

const (
	rate = 500 // requests a second
	path = "/orders/10"
	// settled bounds the wait for the traces of a load; spans that are not there by then are lost.
	settled = 90 * time.Second
)

// A bench is one go.
type bench struct {
	run     *native.Run
	shop    play.Client
	jaeger  *jaeger.Reader
	size    Size
	say     func(format string, args ...any)
	figures []Figure
}

// All measures everything. What it does meanwhile goes to say.
func All(ctx context.Context, run *native.Run, size Size, say func(format string, args ...any)) ([]Figure, error) {
	b := &bench{
		run: run, size: size, say: say,
		shop:   play.New(run.URL(native.OrderPort), run.URL(native.InventoryPort), run.URL(native.PricingPort)),
		jaeger: jaeger.New(run.URL(native.JaegerPort)),
	}
	for _, measure := range []func(context.Context) error{
		b.alone, b.memory, b.sizes, b.allocations, b.arrival, b.load,
	} {
		if err := measure(ctx); err != nil {
			return nil, err
		}
		if ctx.Err() != nil {
			return nil, ctx.Err()
		}
	}
	return b.figures, nil
}

// add notes a figure with an upper bound; a bound of 0 means none.
func (b *bench) add(name string, value, bound float64, unit string) {
	f := Figure{Name: name, Value: value, Unit: unit, Met: true}
	if bound > 0 {
		f.Target = fmt.Sprintf("< %g %s", bound, unit)
		f.Met = value < bound
	}
	b.figures = append(b.figures, f)
}

// want notes a figure that must be at least so large.
func (b *bench) want(name string, value, least float64, unit string) {
	b.figures = append(b.figures, Figure{Name: name, Value: value, Unit: unit, Target: fmt.Sprintf("≥ %s %s", number(least), unit), Met: value >= least})
}

func (b *bench) get(ctx context.Context) (string, error) {
	a, err := b.shop.Do(ctx, scenario.Request{Method: "GET", Path: path})
	return a.TraceID, err
}

// alone times requests with nothing else going on. Together with the first hundred, which fill caches and
// connection pools, they are a thousand.
func (b *bench) alone(ctx context.Context) error {
	b.say("1,000 requests, one at a time")
	var result load.Result
	for n := range 1000 {
		began := time.Now()
		if _, err := b.get(ctx); err != nil {
			return err
		}
		if n >= 100 {
			result.Waits = append(result.Waits, time.Since(began))
		}
	}
	result.Sort()
	b.add("`GET "+path+"`, one at a time, median", ms(result.Quantile(0.5)), 10, "ms")
	b.add("`GET "+path+"`, one at a time, 95th percentile", ms(result.Quantile(0.95)), 10, "ms")
	return nil
}

// arrival times the way of a trace into Jaeger, from the moment its answer is there.
func (b *bench) arrival(ctx context.Context) error {
	b.say("%d requests, each awaited in Jaeger", b.size.arrivals)
	const bound = 600 * time.Millisecond
	result := load.Run(ctx, 10, time.Duration(b.size.arrivals)*100*time.Millisecond, func(ctx context.Context) (string, error) {
		id, err := b.get(ctx)
		if err != nil {
			return id, err
		}
		return id, b.arrived(ctx, id, bound)
	})
	for _, err := range result.Errors {
		b.say("  %v", err)
	}
	b.want(fmt.Sprintf("whole trace in Jaeger within %v of the answer, of %d", bound, result.Asked),
		float64(len(result.Traces)), float64(result.Asked*95/100), "traces")
	return nil
}

func (b *bench) arrived(ctx context.Context, id string, bound time.Duration) error {
	began := time.Now()
	ctx, cancel := context.WithTimeout(ctx, 4*bound)
	defer cancel()
	t, err := b.jaeger.Await(ctx, id, smoke.Batch)
	took := time.Since(began)
	switch {
	case err != nil:
		return err
	case took > bound || !smoke.Batch(t):
		return fmt.Errorf("trace %s took %v", id, took.Round(time.Millisecond))
	}
	return nil
}

// load makes requests at the full rate and looks for every one of their spans.
func (b *bench) load(ctx context.Context) error {
	b.say("%d requests a second for %v, all sampled", rate, b.size.load)
	result := load.Run(ctx, rate, b.size.load, b.get)
	if len(result.Errors) > 0 {
		b.say("  %d requests were not answered, the first: %v", len(result.Errors), result.Errors[0])
	}
	b.want("answered at 500 requests/s for "+b.size.load.String(), float64(len(result.Traces)), float64(result.Asked), "requests")
	b.add("`GET "+path+"` at 500 requests/s, 95th percentile", ms(result.Quantile(0.95)), 0, "ms")
	b.say("looking for %d traces in Jaeger", len(result.Traces))
	count, err := b.jaeger.Count(ctx, result.Traces, settled, smoke.Batch)
	if err != nil {
		return err
	}
	b.want("of them whole in Jaeger", float64(count.Complete), float64(count.Asked), "traces")
	b.want("of their spans in Jaeger", float64(count.Spans), float64(smoke.BatchSpans*count.Asked), "spans")
	_, err = b.resident("all programs, resident after that", 0)
	return err
}

func ms(d time.Duration) float64 { return float64(d.Microseconds()) / 1000 }
