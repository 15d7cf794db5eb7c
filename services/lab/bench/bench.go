// Package bench measures a running lab against its targets. Call [All] for the figures and [Markdown] for a table of them.
package bench

import (
	"context"
	"fmt"
	"os"
	"slices"
	"sync"
	"time"

	"spanwise/lab/jaeger"
	"spanwise/lab/load"
	"spanwise/lab/native"
	"spanwise/lab/play"
	"spanwise/lab/scenario"
	"spanwise/lab/smoke"
)

// Size is how much is measured. Both sizes measure the same things.
type Size struct {
	load     time.Duration // of 500 requests a second
	arrivals int           // traces whose way to Jaeger is timed
}

// The sizes: what the targets refer to, and what fits into CI.
var (
	Full  = Size{30 * time.Second, 100}
	Quick = Size{5 * time.Second, 40}
)

const (
	rate = 500 // requests a second
	path = "/orders/10"
	// settled bounds the wait for the traces of a load. Spans that have not arrived by then count as lost.
	settled = 90 * time.Second
	mb      = 1e6
)

type bench struct {
	run     *native.Run
	shop    play.Client
	url     string       // of what is requested
	golden  smoke.Golden // the spans of each request
	jaeger  *jaeger.Reader
	size    Size
	say     func(format string, args ...any)
	figures []Figure
}

// All measures everything, and reports its progress to say.
func All(ctx context.Context, run *native.Run, size Size, say func(format string, args ...any)) ([]Figure, error) {
	golden, err := smoke.Load(run.Root, "healthy")
	if err != nil {
		return nil, err
	}
	shop := play.New(run.URL(native.OrderPort), run.URL(native.InventoryPort), run.URL(native.PricingPort))
	reader := jaeger.New(run.URL(native.JaegerPort), shop.HTTP.Transport)
	b := &bench{run: run, shop: shop, url: shop.URL["order"] + path, golden: golden, jaeger: reader, size: size, say: say}
	for _, measure := range []func(context.Context) error{
		b.alone, b.memory, b.sizes, b.arrival, b.load,
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

// atMost adds a figure with an upper bound; a bound of 0 means none.
func (b *bench) atMost(name string, value, bound float64, unit string) {
	f := Figure{Name: name, Value: value, Unit: unit, Met: true}
	if bound > 0 {
		f.Target = fmt.Sprintf("< %g %s", bound, unit)
		f.Met = value < bound
	}
	b.figures = append(b.figures, f)
}

// atLeast adds a figure with a lower bound.
func (b *bench) atLeast(name string, value, bound float64, unit string) {
	target := fmt.Sprintf("≥ %s %s", number(bound), unit)
	b.figures = append(b.figures, Figure{Name: name, Value: value, Unit: unit, Target: target, Met: value >= bound})
}

// quantile adds a latency.
func (b *bench) quantile(name string, r load.Report, q, boundMS float64) {
	b.atMost("`GET "+path+"`"+name, r.Quantile(q).Seconds()*1000, boundMS, "ms")
}

// alone times requests without any other load. The first hundred of a thousand are left out: they fill caches and
// connection pools.
func (b *bench) alone(ctx context.Context) error {
	b.say("1,000 requests, one at a time")
	recorder := load.NewRecorder()
	for n := range 1000 {
		began := time.Now()
		if _, err := b.shop.Do(ctx, scenario.Request{Method: "GET", Path: path}); err != nil {
			return err
		}
		if n >= 100 {
			recorder.Add(load.Answer{Wait: time.Since(began)})
		}
	}
	result := recorder.Report()
	b.quantile(", one at a time, median", result, 0.5, 10)
	b.quantile(", one at a time, 95th percentile", result, 0.95, 10)
	return nil
}

// memory measures all programs after the requests of alone, together and each.
func (b *bench) memory(context.Context) error {
	parts, err := b.resident("all programs, resident after 1,000 requests", 300)
	b.figures = append(b.figures, parts...)
	return err
}

// resident adds the memory of all programs together, and returns a figure for each.
func (b *bench) resident(name string, bound float64) (parts []Figure, err error) {
	total := 0.0
	for _, program := range native.All {
		bytes, err := b.run.Process(program).Resident()
		if err != nil {
			return nil, err
		}
		total += float64(bytes) / mb
		parts = append(parts, Figure{Name: program + " resident", Value: float64(bytes) / mb, Unit: "MB", Met: true})
	}
	b.atMost(name, total, bound, "MB")
	return parts, nil
}

// sizes measures the programs' files.
func (b *bench) sizes(context.Context) error {
	for _, name := range native.All {
		info, err := os.Stat(b.run.Process(name).Path)
		if err != nil {
			return err
		}
		bound := 0.0
		if slices.Contains(native.Services, name) {
			bound = 30
		}
		b.atMost(name+", stripped", float64(info.Size())/mb, bound, "MB")
	}
	return nil
}

// arrival times how long a trace takes to reach Jaeger after its answer.
func (b *bench) arrival(ctx context.Context) error {
	b.say("%d requests, waiting for the trace of each in Jaeger", b.size.arrivals)
	const bound = 600 * time.Millisecond
	var (
		arrived int
		looking sync.WaitGroup
		found   = make(chan error, b.size.arrivals)
	)
	plan := load.Plan{Mix: load.Get(b.url), Rate: 10, Length: time.Duration(b.size.arrivals) * 100 * time.Millisecond}
	result, err := load.Run(ctx, plan, func(a load.Answer) {
		looking.Go(func() {
			err := a.Err
			if err == nil {
				err = b.arrived(ctx, a.TraceID, bound)
			}
			found <- err
		})
	})
	if err != nil {
		return err
	}
	looking.Wait()
	close(found)
	for err := range found {
		if err != nil {
			b.say("  %v", err)
			continue
		}
		arrived++
	}
	b.atLeast(fmt.Sprintf("whole trace in Jaeger within %v of the answer, of %d", bound, result.Planned),
		float64(arrived), float64(result.Planned*95/100), "traces")
	return nil
}

func (b *bench) arrived(ctx context.Context, id string, bound time.Duration) error {
	began := time.Now()
	ctx, cancel := context.WithTimeout(ctx, 4*bound)
	defer cancel()
	t, err := b.jaeger.Await(ctx, id, b.golden.Matches)
	took := time.Since(began)
	switch {
	case err != nil:
		return err
	case took > bound || !b.golden.Matches(t):
		return fmt.Errorf("trace %s took %v", id, took.Round(time.Millisecond))
	}
	return nil
}

// load makes requests at the full rate and counts their spans.
func (b *bench) load(ctx context.Context) error {
	b.say("%d requests a second for %v, all sampled", rate, b.size.load)
	var traces []string
	plan := load.Plan{Mix: load.Get(b.url), Rate: rate, Length: b.size.load}
	result, err := load.Run(ctx, plan, func(a load.Answer) {
		if a.Kind == "" {
			traces = append(traces, a.TraceID)
		}
	})
	if err != nil {
		return err
	}
	for _, f := range result.Failures {
		b.say("  %d requests failed: %s, the first: %s", f.Count, f.Kind, f.First)
	}
	b.atLeast("answered at 500 requests/s for "+b.size.load.String(), float64(result.Accepted), float64(result.Planned), "requests")
	b.quantile(" at 500 requests/s, 95th percentile", result, 0.95, 0)
	b.say("looking for %d traces in Jaeger", len(traces))
	count, err := b.jaeger.Count(ctx, traces, settled, b.golden.Matches)
	if err != nil {
		return err
	}
	b.atLeast("of these complete in Jaeger", float64(count.Complete), float64(count.Asked), "traces")
	b.atLeast("of their spans in Jaeger", float64(count.Spans), float64(b.golden.Spans()*count.Asked), "spans")
	_, err = b.resident("all programs, resident after that", 0)
	return err
}
