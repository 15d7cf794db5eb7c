// Package scale shows what the pipelines of deploy/pipeline lose when a part of them fails, and what they cost: it sends traces of
// known kinds to the agents of a running pipeline, breaks it, and compares every trace with what Jaeger has. [All] lists the drills;
// [Drill.Run] runs one.
package scale

import (
	"context"
	"fmt"
	"slices"
	"time"

	"spanwise/lab/native"
	"spanwise/lab/play"
)

const (
	rate  = 200             // traces a second
	spare = 3 * time.Second // of load, before the bound and after it: what is lost there fails the drill
	away  = 3 * time.Second // how long what is broken stays away
	wait  = 10              // seconds that gateways wait after a root, as deploy/pipeline/gateway.yaml has it
)

// A Drill is one way to break an arrangement.
type Drill struct {
	Name  string
	Text  string
	In    []Arrangement // in which it means something
	Quick []string      // the names of the arrangements in which it is meant for CI

	Settings []string      // more variables for the programs
	Late     time.Duration // how long after its root the last span of some traces comes; 0 sends no such traces
	// Break breaks the arrangement and repairs it; nil breaks nothing.
	Break func(context.Context, *Rig) error
	// Bound says what a single set of gateways may lose or cut, and why no setting helps. Two sets may lose nothing, unless it disturbs both.
	Bound Bound
	// MayMiss are kinds of which traces may be missing, as Text says.
	MayMiss []Kind
	// Check, if not nil, checks what else must be true, such as that the break did break something.
	Check func(context.Context, *Rig, Outcome) error
}

// mix is the kinds of traces in a drill: of 20, 2 failed, 2 slow and, if there are late ones, 1 of each kind of them.
func (d Drill) mix(n int) Kind {
	switch n % 20 {
	case 3, 13:
		return Failed
	case 7, 17:
		return Slow
	case 5:
		if d.Late > 0 {
			return Late
		}
	case 15:
		if d.Late > 0 {
			return LateError
		}
	}
	return Normal
}

// Run breaks a running arrangement under load and accounts for every trace. Whatever goes wrong is in the outcome.
func (d Drill) Run(ctx context.Context, run *native.Run, in Arrangement) (o Outcome) {
	o = Outcome{Arrangement: in.Name, Drill: d.Name, Text: d.Text}
	r := newRig(run, in)
	if err := r.await(ctx); err != nil {
		o.wrong(err)
		return o
	}
	load := Load{Agents: r.agents(), Rate: rate, Seed: 1, Mix: d.mix, Late: d.Late}
	sending, err := load.Start(ctx)
	if err != nil {
		o.wrong(err)
		return o
	}
	o.wrong(d.disturb(ctx, r))
	sent := sending.Stop()
	o.Retries, o.SpansLost = sent.Retries, sent.Lost
	if sent.Lost > 0 {
		o.wrong(fmt.Errorf("the shop gave up %d spans, the first because of: %w", sent.Lost, sent.Err))
	}
	wanted := func(t Trace) bool { return in.wants(t) && !slices.Contains(d.MayMiss, t.Kind) }
	found, err := find(ctx, r.traces, sent.Traces, wanted, r.settled)
	if err != nil {
		o.wrong(err)
		return o
	}
	o.Account = rules{wanted: wanted, dropped: in.drops, mayLose: func(t Trace, stored int) bool { return d.mayLose(r, t, stored) }}.account(sent.Traces, found)
	o.wrong(r.count(ctx, &o))
	o.Held, o.Drained, o.Bound = r.held, r.drained, d.Bound.most(in, &o)
	o.judge()
	if d.Check != nil {
		o.wrong(d.Check(ctx, r, o))
	}
	return o
}

// disturb breaks the arrangement and repairs it while the load goes on.
func (d Drill) disturb(ctx context.Context, r *Rig) error {
	lead, tail := d.loads(r.in)
	if err := play.Wait(ctx, lead); err != nil {
		return err
	}
	r.broken = time.Now()
	if d.Break != nil {
		if err := d.Break(ctx, r); err != nil {
			return err
		}
	}
	r.repaired = time.Now()
	return play.Wait(ctx, tail)
}

// loads returns how long there is load before the break and after the repair. Both are longer than the bound, so that there are traces
// that may not be lost, and the gateways have as many undecided traces as they ever have. With Kafka, the load must still be there when
// the group shares out the partitions.
func (d Drill) loads(in Arrangement) (lead, tail time.Duration) {
	lead, tail = spare, spare
	if d.Bound.Reach > 0 {
		tail += d.Bound.After
	}
	if in.Tail && d.Break != nil {
		lead += memory.Before
	}
	if in.Pipeline.HasKafka() && d.Break != nil {
		tail += rebalance
	}
	return lead, tail
}

// mayLose reports whether the drill's bound allows that only so many spans of a trace are stored.
func (d Drill) mayLose(r *Rig, t Trace, stored int) bool {
	if !d.Bound.applies(r.in) || d.Bound.Cuts && !mayBeCut(t, stored) {
		return false
	}
	until := r.repaired.Add(d.Bound.After)
	if r.in.Pipeline.HasKafka() {
		until = until.Add(rebalance)
	}
	return t.Began.After(r.broken.Add(-d.Bound.Before)) && t.Began.Before(until)
}
