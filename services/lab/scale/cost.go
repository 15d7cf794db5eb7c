package scale

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"strings"
	"time"

	"spanwise/lab/native"
	"spanwise/lab/play"
)

// A Cost is what an arrangement needs for a thousand traces, while they come at a steady rate.
type Cost struct {
	Arrangement string             `json:"arrangement"`
	CPU         map[string]float64 `json:"cpu_ms"`       // of each kind of program
	Stored      float64            `json:"bytes_stored"` // by Jaeger, on disk
	Kept        float64            `json:"kept"`         // traces that Jaeger has
}

// Total returns the milliseconds of processor time of all programs.
func (c Cost) Total() (sum float64) {
	for _, ms := range c.CPU {
		sum += ms
	}
	return sum
}

// Compared are the arrangements whose costs are compared. The first is what the others are compared with: one Collector that keeps everything.
var Compared = []Arrangement{
	{Name: "one Collector, all kept", Pipeline: native.Direct, Agents: 1},
	{Name: "one Collector that samples", Pipeline: native.Direct, Sampling: "tail", Tail: true, Agents: 1},
	gateways, gatewaysTwice, kafka, kafkaTwice,
}

const (
	costRate = 500 // traces a second
	// costWait is how many seconds gateways wait while costs are measured: a trace costs as much processor time after a short wait.
	costWait = 3
	// steady is how long the load goes on before the window in which processor time counts: longer than gateways wait, so that as
	// many traces are decided as arrive.
	steady = (costWait + 3) * time.Second
)

// CostSettings are the variables of the programs whose costs are measured. Jaeger's traces must be on disk, for their size.
var CostSettings = []string{"JAEGER_STORAGE=badger", fmt.Sprintf("%s=%ds", native.DecisionWait, costWait)}

// costMix is a load of which tail sampling keeps 11 %: 0.5 % failed, 0.5 % slow, and a tenth of the others.
func costMix(n int) Kind {
	switch n % 200 {
	case 66:
		return Failed
	case 133:
		return Slow
	}
	return Normal
}

// Measure measures the cost of a running arrangement during a window. It stops Jaeger, whose traces must be on disk.
func Measure(ctx context.Context, run *native.Run, in Arrangement, window time.Duration) (c Cost, err error) {
	r := newRig(run, in)
	if err := r.await(ctx); err != nil {
		return c, err
	}
	load := Load{Agents: r.agents(), Rate: costRate, Seed: 2, Mix: costMix}
	sending, err := load.Start(ctx)
	if err != nil {
		return c, err
	}
	c = Cost{Arrangement: in.Name}
	c.CPU, err = r.window(ctx, window)
	sent := sending.Stop()
	if err != nil || sent.Lost > 0 {
		return c, errors.Join(err, sent.Err)
	}
	found, err := find(ctx, r.traces, sent.Traces, in.wants, r.settled)
	if err != nil {
		return c, err
	}
	thousands := float64(len(sent.Traces)) / 1000
	expected := rules{wanted: in.wants, dropped: in.drops, mayLose: func(Trace, int) bool { return false }}
	all := expected.account(sent.Traces, found).of(Kinds...)
	if all.Kept < all.Wanted || all.Extra > 0 || all.Partial > 0 {
		return c, fmt.Errorf("%s: %d of %d traces were kept whole, %d in part, and %d that should have been dropped, so its cost is not comparable",
			in.Name, all.Kept, all.Wanted, all.Partial, all.Extra)
	}
	c.Kept = float64(all.Kept) / thousands
	if err := r.Terminate(ctx, native.Jaeger); err != nil { // which writes what is in memory
		return c, err
	}
	bytes, err := SpaceOf(filepath.Join(run.Data, native.Jaeger))
	c.Stored = bytes / thousands
	return c, err
}

// window returns the processor time of each kind of program for a thousand traces, once the load is steady.
func (r *Rig) window(ctx context.Context, length time.Duration) (map[string]float64, error) {
	if err := play.Wait(ctx, steady); err != nil {
		return nil, err
	}
	before, err := r.used()
	began := time.Now()
	if err := errors.Join(err, play.Wait(ctx, length)); err != nil {
		return nil, err
	}
	after, err := r.used()
	thousands := time.Since(began).Seconds() * costRate / 1000
	used := map[string]float64{}
	for kind, time := range after {
		used[kind] = float64((time - before[kind]).Milliseconds()) / thousands
	}
	return used, err
}

// used returns the processor time of each kind of program so far.
func (r *Rig) used() (map[string]time.Duration, error) {
	sum := map[string]time.Duration{}
	for _, name := range append(r.collectors(), native.Jaeger, native.Broker) {
		p := r.Process(name)
		if p == nil {
			continue
		}
		used, err := p.CPU()
		if err != nil {
			return nil, err
		}
		kind, _, _ := strings.Cut(name, "-")
		sum[kind] += used
	}
	return sum, nil
}

// agents returns the address of the agent of each process of the shop: all have the same one, if there is only one.
func (r *Rig) agents() (addresses []string) {
	for n := range Processes {
		name := native.Agent(n + 1)
		if r.Process(name) == nil {
			name = native.Agent(1)
		}
		addresses = append(addresses, r.OTLP(name))
	}
	return addresses
}
