// Package drill shows what is lost when a program, a disk or the network fails: it breaks a running lab under load, repairs it,
// and compares the spans that the services started with those in Jaeger, one by one. [All] lists the drills; [Drill.Run] runs one.
package drill

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"spanwise/internal/journal"
	"spanwise/lab/load"
	"spanwise/lab/native"
	"spanwise/lab/play"
)

const (
	usualPath = "/orders/10"
	usualRate = 100             // requests a second
	before    = 2 * time.Second // of load, before anything breaks
	after     = 2 * time.Second // of load, after the recovery
	longest   = 5 * time.Minute // that the load goes on, whatever happens, in addition to the length of a drill that has one
	// patience is how long a request waits for its answer: longer than a service lets one take, so that the service gives up first.
	patience = 40 * time.Second
)

// A Drill is one way to break a run, which is a system of its own.
type Drill struct {
	Name     string   // short, with hyphens
	Text     string   // what is broken, and the bound if anything may be lost or fail
	Quick    bool     // whether it is one of the few for CI
	Settings []string // variables for the programs, such as JAEGER_STORAGE=badger

	// Needs returns why the drill cannot run on this machine. If it is nil, the drill can run anywhere.
	Needs func() error
	// Prepare, if not nil, changes the settings before the programs start. undo is called after they have stopped.
	Prepare func(*native.Settings) (undo func() error, err error)
	// Load, if not nil, changes the load, which otherwise reads an order usualRate times a second.
	Load func(*Rig, *load.Plan)
	// Probe is the path of the request that shows when the run has recovered. By default it reads an order.
	Probe string
	// Break breaks the run and repairs it. It calls [Rig.Repair] when the repair begins.
	Break func(context.Context, *Rig) error
	// Check, if not nil, checks what else must be true when the load has ended. All programs still run.
	Check func(context.Context, *Rig) error
	// Compare, if not nil, checks the account of the spans.
	Compare func(context.Context, *Rig, Outcome) error

	Seed   uint64        // of what is random; set before Run
	Length time.Duration // of a drill that has no length of its own; set before Run

	MayFail []string                      // the beginnings of the kinds of failures that are allowed, such as load.CutOff or "status 50"
	MayLose func(*Rig, journal.Span) bool // whether the bound in Text allows that a span is lost; nil allows none
}

// All lists the drills in the order in which a span passes the programs.
var All = slices.Concat(overloadDrills, connectionDrills, serviceDrills, collectorDrills, diskDrills, networkDrills, jaegerDrills, clockDrills,
	orderDrills, instanceDrills, databaseDrills, randomDrills)

// mayLose reports whether a span may be lost.
func (d Drill) mayLose(r *Rig, s journal.Span) bool { return d.MayLose != nil && d.MayLose(r, s) }

// Run breaks a run under load, repairs it and accounts for every span. The services of the run write the journal at that path.
// Run stops the services. Whatever goes wrong is in the outcome.
func (d Drill) Run(ctx context.Context, run *native.Run, journal string) (o Outcome) {
	r := newRig(run, journal)
	r.Seed, r.Length, r.probe = d.Seed, d.Length, cmp.Or(d.Probe, usualPath)
	o = Outcome{Drill: d.Name, Text: d.Text, Seed: d.Seed}
	defer func() { o.Figures = r.figures }()
	if err := d.underLoad(ctx, r, &o); err != nil {
		o.wrong(err)
		return o
	}
	if d.Check != nil {
		o.wrong(d.Check(ctx, r))
	}
	o.wrong(r.stopServices(ctx))
	if err := d.account(ctx, r, &o); err != nil {
		o.wrong(err)
		return o
	}
	d.judge(&o)
	if d.Compare != nil {
		o.wrong(d.Compare(ctx, r, o))
	}
	return o
}

// underLoad breaks the run and repairs it under load.
func (d Drill) underLoad(ctx context.Context, r *Rig, o *Outcome) error {
	plan := load.Plan{Mix: load.Get(r.URL(native.OrderPort) + usualPath), Rate: usualRate, Length: longest + d.Length, Timeout: patience}
	if d.Load != nil {
		d.Load(r, &plan)
	}
	running, err := load.Start(ctx, plan, func(a load.Answer) {
		switch {
		case isRefusal(a):
			o.Refused++
		case a.Kind == unavailable && o.away == "":
			o.away = a.Err.Error()
		}
	})
	if err != nil {
		return err
	}
	o.Recovery, err = d.disturb(ctx, r)
	o.Load = running.Stop()
	o.Requests = o.Load.Planned
	return err
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
		return 0, errors.New("the drill does not say when its repair begins: call Rig.Repair in Break")
	}
	recovered, err := r.recover(ctx, func(s journal.Span) bool { return d.mayLose(r, s) })
	if err != nil {
		return 0, err
	}
	return recovered.Sub(r.repaired), play.Wait(ctx, after)
}

// judge says what is wrong with the outcome: failed requests and lost spans that the drill's text does not allow.
func (d Drill) judge(o *Outcome) {
	if o.Load.Accepted == 0 || o.Started == 0 {
		o.wrong(errors.New("nothing was measured: no request succeeded, or there were no spans"))
	}
	if busy := o.Refused + o.Load.NotSent; busy > o.Requests/2 {
		o.wrong(fmt.Errorf("%d of %d requests were refused because of overload or not sent: this machine is too busy for a drill, or what broke made the services slow",
			busy, o.Requests))
	}
	for _, f := range o.failures() {
		allowed := func(kind string) bool { return strings.HasPrefix(f.Kind, kind) }
		if !slices.ContainsFunc(d.MayFail, allowed) {
			o.wrong(fmt.Errorf("%d requests failed (%s), which this drill does not allow, the first: %s", f.Count, f.Kind, f.First))
		}
	}
	if n := o.Lost - o.Allowed; n > 0 {
		o.wrong(fmt.Errorf("%d spans were lost, the first: %s", n, o.Missing[0]))
	}
	if o.Unknown > 0 {
		o.wrong(fmt.Errorf("there are %d spans in Jaeger that no service says it started: the journal is incomplete", o.Unknown))
	}
}

// unavailable is the kind of failure that includes refusals.
const unavailable = "status 503"

// isRefusal reports whether a busy service refused a request, before it started a span. Every drill allows some. A 503 with a trace
// is a failure: what the service needs for the answer is away.
func isRefusal(a load.Answer) bool {
	return a.Kind == unavailable && a.TraceID == "" && a.Header.Get("Retry-After") != ""
}

// reading returns a load that reads that path of the order service.
func reading(path string) func(*Rig, *load.Plan) {
	return func(r *Rig, p *load.Plan) { p.Mix = load.Get(r.URL(native.OrderPort) + path) }
}
