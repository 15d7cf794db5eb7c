// Package drill shows what is lost when a program, a disk or the network fails: it breaks a running lab under load, repairs it,
// and compares the spans that the services started with those in Jaeger, one by one. [All] lists the drills; [Drill.Run] runs one.
package drill

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"spanwise/internal/journal"
	"spanwise/lab/native"
	"spanwise/lab/play"
	load "spanwise/lab/steadyload"
)

const (
	usualPath = "/orders/10"
	usualRate = 100             // requests a second
	before    = 2 * time.Second // of load, before anything breaks
	after     = 2 * time.Second // of load, after the recovery
	longest   = 5 * time.Minute // that the load goes on, whatever happens
)

// A Drill is one way to break a run, which is a system of its own.
type Drill struct {
	Name     string   // short, with hyphens
	Text     string   // what is broken, and the bound if anything may be lost or fail
	Quick    bool     // whether it is one of the few for CI
	Settings []string // variables for the programs, such as JAEGER_STORAGE=badger

	// Needs returns why the drill cannot run on this machine. If it is nil, the drill can run anywhere.
	Needs func() error
	// Prepare, if not nil, changes the settings before the programs start. undo, if not nil, is called after they have stopped.
	Prepare func(*native.Settings) (undo func() error, err error)
	// Load makes the requests, usualRate a second unless Rate is set. By default they read an order.
	Load func(play.Client) load.Request
	Rate int
	// Break breaks the run and repairs it. It calls [Rig.Repair] when the repair begins.
	Break func(context.Context, *Rig) error
	// Finish, if not nil, checks what must be true when the load has ended. All programs still run.
	Finish func(context.Context, *Rig) error
	// Check, if not nil, checks what else must be true in the end. All programs but the services still run.
	Check func(context.Context, *Rig, Outcome) error

	Seed   uint64        // of what is random; set before Run
	Length time.Duration // of a drill that has no length of its own; set before Run

	MayFail []Kind                        // of failed requests; any other is an error
	MayLose func(*Rig, journal.Span) bool // whether the bound in Text allows that a span is lost; nil allows none
}

// All lists the drills in the order in which a span passes the programs.
var All = slices.Concat(serviceDrills, collectorDrills, diskDrills, jaegerDrills, clockDrills, orderDrills, databaseDrills, randomDrills)

// mayLose reports whether a span may be lost.
func (d Drill) mayLose(r *Rig, s journal.Span) bool { return d.MayLose != nil && d.MayLose(r, s) }

// Run breaks a run under load, repairs it and accounts for every span. The services of the run write the journal at that path.
// Run stops the services.
func (d Drill) Run(ctx context.Context, run *native.Run, journal string) (Outcome, error) {
	r := newRig(run, journal)
	r.Seed, r.Length = d.Seed, d.Length
	do := load.Get(r.Shop, usualPath)
	if d.Load != nil {
		do = d.Load(r.Shop)
	}
	rate := usualRate
	if d.Rate > 0 {
		rate = d.Rate
	}
	stop := load.Start(ctx, rate, longest, do)
	recovery, err := d.disturb(ctx, r)
	result := stop()
	if err != nil {
		return Outcome{}, err
	}
	made := len(result.Errors)
	result.Errors = slices.DeleteFunc(result.Errors, func(err error) bool { return errors.Is(err, errPaused) })
	result.Sent -= made - len(result.Errors)
	o := Outcome{Drill: d.Name, Text: d.Text, Seed: d.Seed, Requests: result.Sent, Failed: kinds(result.Errors), Recovery: recovery}
	if d.Finish != nil {
		if err := d.Finish(ctx, r); err != nil {
			o.wrong(err)
		}
	}
	if err := r.settle(ctx); err != nil {
		o.wrong(err)
	}
	if err := d.account(ctx, r, &o); err != nil {
		return o, err
	}
	d.judge(&o, result.Errors)
	if d.Check != nil {
		if err := d.Check(ctx, r, o); err != nil {
			o.wrong(err)
		}
	}
	return o, nil
}

// disturb breaks the run and repairs it while the load goes on. It returns how long the recovery took.
func (d Drill) disturb(ctx context.Context, r *Rig) (recovery time.Duration, err error) {
	if err := play.Wait(ctx, before); err != nil {
		return 0, err
	}
	if err := d.Break(ctx, r); err != nil {
		return 0, err
	}
	if r.repaired.IsZero() {
		return 0, errors.New("the drill says nowhere when its repair begins")
	}
	recovered, err := r.recover(ctx, func(s journal.Span) bool { return d.mayLose(r, s) })
	if err != nil {
		return 0, err
	}
	return recovered.Sub(r.repaired), play.Wait(ctx, after)
}

// judge says what is wrong with the outcome: failed requests and lost spans that the drill's text does not allow.
func (d Drill) judge(o *Outcome, failures []error) {
	if o.Requests == 0 || o.Started == 0 {
		o.wrong(errors.New("nothing was measured: there were no requests, or no spans"))
	}
	for _, err := range failures {
		if k := kindOf(err); !slices.Contains(d.MayFail, k) {
			o.wrong(fmt.Errorf("%d requests failed (%s), which this drill does not allow, the first: %w", o.Failed[k], k, err))
			break
		}
	}
	if n := o.Lost - o.Allowed; n > 0 {
		o.wrong(fmt.Errorf("%d spans were lost, the first: %s", n, o.Missing[0]))
	}
	if o.Unknown > 0 {
		o.wrong(fmt.Errorf("Jaeger has %d spans that no service says it started: the journal is incomplete", o.Unknown))
	}
}
