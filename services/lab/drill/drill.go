// Package drill shows that no span is lost: it breaks a running lab under load, repairs it, and counts the spans in Jaeger.
// [All] lists the drills.
package drill

import (
	"context"
	"errors"
	"fmt"
	"time"

	"spanwise/lab/jaeger"
	"spanwise/lab/load"
	"spanwise/lab/native"
	"spanwise/lab/play"
	"spanwise/lab/smoke"
)

const (
	rate   = 100             // requests a second
	before = 2 * time.Second // of load, before anything breaks
	outage = 4 * time.Second
	after  = 3 * time.Second // of load, after the repair
	// settled bounds the wait for the spans that were queued during the outage.
	settled = 60 * time.Second
)

// A Drill is one way to break a run.
type Drill struct {
	Name  string
	Path  string // what the load requests
	Break func(context.Context, *native.Run) error
}

// All lists the drills in the order in which a span passes the programs. Each needs a run of its own, whose Jaeger keeps its
// traces on disk.
var All = []Drill{
	{"services stopped", "/orders/10?latency=pricing:300ms", stopServices},
	{"Collector killed", "/orders/10", killCollector},
	{"Jaeger stopped", "/orders/10", stopJaeger},
}

// TailKilled is a drill for a run with SAMPLING=tail, whose Collector holds traces in memory until it decides. All of these are
// slow enough to be kept, so those that are missing were lost.
var TailKilled = Drill{"tail sampling killed", "/orders/10?latency=inventory.db:600ms", killCollector}

// An Outcome counts what happened to the requests of a drill.
type Outcome struct {
	Refused int     // found no listener: never started
	CutOff  []error // were accepted, but not answered
	Traces  jaeger.Count
}

// Err returns an error that says what was lost, if anything was.
func (o Outcome) Err() error {
	var errs []error
	if len(o.CutOff) > 0 {
		errs = append(errs, fmt.Errorf("%d requests were cut off, the first: %w", len(o.CutOff), o.CutOff[0]))
	}
	if o.Traces.Asked == 0 {
		errs = append(errs, errors.New("no request was answered"))
	}
	if n := o.Traces.Lost(); n > 0 {
		errs = append(errs, fmt.Errorf("%d traces were lost, the first: %s", n, o.Traces.Missing[0]))
	}
	return errors.Join(errs...)
}

// Run breaks a run under load and counts what was lost.
func (d Drill) Run(ctx context.Context, run *native.Run) (Outcome, error) {
	golden, err := smoke.Load(run.Root, "healthy")
	if err != nil {
		return Outcome{}, err
	}
	shop := play.New(run.URL(native.OrderPort), run.URL(native.InventoryPort), run.URL(native.PricingPort))
	var (
		o      Outcome
		traces []string
	)
	plan := load.Plan{Mix: load.Get(shop.URL["order"] + d.Path), Rate: rate, Length: time.Minute}
	l, err := load.Start(ctx, plan, func(a load.Answer) {
		switch a.Kind {
		case "":
			traces = append(traces, a.TraceID)
		case load.Unconnected:
			o.Refused++
		default:
			o.CutOff = append(o.CutOff, a.Err)
		}
	})
	if err != nil {
		return Outcome{}, err
	}
	if err = play.Wait(ctx, before); err == nil {
		err = d.Break(ctx, run)
	}
	l.Stop()
	if err != nil {
		return Outcome{}, err
	}
	o.Traces, err = jaeger.New(run.URL(native.JaegerPort), shop.HTTP.Transport).Count(ctx, traces, settled, golden.Matches)
	return o, err
}

// stopServices stops the services during requests. Each request must be answered and its spans delivered.
func stopServices(ctx context.Context, run *native.Run) error {
	for _, name := range native.Services {
		if err := run.Process(name).Stop(ctx); err != nil {
			return err
		}
	}
	return nil
}

// killCollector leaves the Collector no time to save anything, as a crash or the kernel's out-of-memory killer would.
func killCollector(ctx context.Context, run *native.Run) error {
	return interrupt(ctx, run, native.Collector, func() error { return run.Process(native.Collector).Kill() })
}

// stopJaeger lets Jaeger save what it has acknowledged: Badger does not write every span to disk at once.
func stopJaeger(ctx context.Context, run *native.Run) error {
	return interrupt(ctx, run, native.Jaeger, func() error { return run.Process(native.Jaeger).Stop(ctx) })
}

// interrupt ends a program and restarts it after the outage.
func interrupt(ctx context.Context, run *native.Run, name string, end func() error) error {
	if err := end(); err != nil {
		return err
	}
	if err := play.Wait(ctx, outage); err != nil {
		return err
	}
	if err := run.Restart(ctx, name); err != nil {
		return err
	}
	return play.Wait(ctx, after)
}
