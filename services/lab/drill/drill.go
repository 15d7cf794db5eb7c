// Package drill shows that no span is lost: it breaks a running lab under load, mends it, and counts what Jaeger has.
// [All] are the drills.
package drill

import (
	"context"
	"errors"
	"fmt"
	"net"
	"time"

	"spanwise/lab/jaeger"
	"spanwise/lab/load"
	"spanwise/lab/native"
	"spanwise/lab/play"
	"spanwise/lab/scenario"
	"spanwise/lab/smoke"
)

const (
	rate   = 100             // requests a second
	before = 2 * time.Second // of load, before anything breaks
	away   = 4 * time.Second // how long it stays broken
	after  = 3 * time.Second // of load, after it is mended
	// settled bounds the wait for what was queued meanwhile.
	settled = 60 * time.Second
)

// A Drill is one way to break things.
type Drill struct {
	Name  string
	Path  string // what is asked for under load
	Break func(context.Context, *native.Run) error
}

// All are the drills, in the order of the spans' way. Each wants a run of its own, whose Jaeger keeps its traces on disk.
var All = []Drill{
	{"services told to stop", "/orders/10?latency=pricing:300ms", stopServices},
	{"Collector killed", "/orders/10", killCollector},
	{"Jaeger away", "/orders/10", stopJaeger},
}

// An Outcome is what became of the requests of a drill.
type Outcome struct {
	Refused int     // found nobody listening: never started
	Torn    []error // got no answer although they were accepted
	Traces  jaeger.Count
}

// Err returns an error that says what was lost, if anything was.
func (o Outcome) Err() error {
	var errs []error
	if len(o.Torn) > 0 {
		errs = append(errs, fmt.Errorf("%d requests were cut off, the first: %w", len(o.Torn), o.Torn[0]))
	}
	if o.Traces.Asked == 0 {
		errs = append(errs, errors.New("no request was answered at all"))
	}
	if n := o.Traces.Lost(); n > 0 {
		errs = append(errs, fmt.Errorf("%d traces were lost, the first: %s", n, o.Traces.Missing[0]))
	}
	return errors.Join(errs...)
}

// Run breaks a run under load and counts.
func (d Drill) Run(ctx context.Context, run *native.Run) (Outcome, error) {
	customer := play.New(run.URL(native.OrderPort), run.URL(native.InventoryPort), run.URL(native.PricingPort))
	stop := load.Start(ctx, rate, time.Minute, func(ctx context.Context) (string, error) {
		a, err := customer.Do(ctx, scenario.Request{Method: "GET", Path: d.Path})
		return a.TraceID, err
	})
	err := d.Break(ctx, run)
	result := stop()
	if err != nil {
		return Outcome{}, err
	}
	var o Outcome
	for _, err := range result.Errors {
		if refused(err) {
			o.Refused++
		} else {
			o.Torn = append(o.Torn, err)
		}
	}
	o.Traces, err = jaeger.New(run.URL(native.JaegerPort)).Count(ctx, result.Traces, settled, smoke.Batch)
	return o, err
}

func refused(err error) bool {
	var dial *net.OpError
	return errors.As(err, &dial) && dial.Op == "dial"
}

// stopServices tells the services to stop while requests are under way: each must be answered and its spans delivered.
func stopServices(ctx context.Context, run *native.Run) error {
	if err := pause(ctx, before); err != nil {
		return err
	}
	for _, name := range native.Services {
		if err := run.Process(name).Stop(ctx); err != nil {
			return err
		}
	}
	return nil
}

// killCollector gives it no chance to save anything, as a crash or the kernel's out-of-memory killer would.
func killCollector(ctx context.Context, run *native.Run) error {
	return takeAway(ctx, run, native.Collector, func() error { return run.Process(native.Collector).Kill() })
}

// stopJaeger lets it save what it has confirmed: Badger does not write every span through to the disk at once.
func stopJaeger(ctx context.Context, run *native.Run) error {
	return takeAway(ctx, run, native.Jaeger, func() error { return run.Process(native.Jaeger).Stop(ctx) })
}

func takeAway(ctx context.Context, run *native.Run, name string, end func() error) error {
	if err := pause(ctx, before); err != nil {
		return err
	}
	if err := end(); err != nil {
		return err
	}
	if err := pause(ctx, away); err != nil {
		return err
	}
	if err := run.Restart(ctx, name); err != nil {
		return err
	}
	return pause(ctx, after)
}

func pause(ctx context.Context, d time.Duration) error {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}
