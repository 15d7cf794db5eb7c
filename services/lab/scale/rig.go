package scale

import (
	"context"
	"fmt"
	"net/http"
	"slices"
	"time"

	"spanwise/lab/jaeger"
	"spanwise/lab/native"
	"spanwise/lab/play"
)

// exit bounds how long a program may take to stop.
const exit = 30 * time.Second

// A Rig is a running arrangement in the hands of a drill.
type Rig struct {
	*native.Run
	in               Arrangement
	traces           *jaeger.Reader
	gone             map[string]bool // programs that do not run
	held             int             // undecided traces of the gateway that was broken
	drained          int             // spans that were still on the disk of a gateway that was removed
	broken, repaired time.Time
}

func newRig(run *native.Run, in Arrangement) *Rig {
	transport := http.DefaultTransport.(*http.Transport).Clone()
	transport.MaxIdleConnsPerHost = readers
	return &Rig{Run: run, in: in, traces: jaeger.New(run.URL(native.JaegerPort), transport), gone: map[string]bool{}}
}

// Kill kills a program as kill -9 does.
func (r *Rig) Kill(name string) error {
	r.gone[name] = true
	return r.Process(name).Kill()
}

// Terminate asks a program to stop, as SIGTERM does, and waits until it has.
func (r *Rig) Terminate(ctx context.Context, name string) error {
	r.gone[name] = true
	ctx, cancel := context.WithTimeout(ctx, exit)
	defer cancel()
	return r.Process(name).Stop(ctx)
}

// back starts a program again after it was away for a while.
func (r *Rig) back(ctx context.Context, name string) error {
	if err := play.Wait(ctx, away); err != nil {
		return err
	}
	delete(r.gone, name)
	return r.Restart(ctx, name)
}

// collectors returns the names of the agents and gateways that run.
func (r *Rig) collectors() (names []string) {
	for n := 1; n <= mostOfEach; n++ {
		for _, name := range []string{native.Agent(n), native.Gateway(n), native.Twin(n)} {
			if r.Process(name) != nil && !r.gone[name] {
				names = append(names, name)
			}
		}
	}
	return names
}

// mostOfEach is how many agents, and gateways of a set, a drill has at most.
const mostOfEach = 3

// await waits until every gateway that reads from Kafka does.
func (r *Rig) await(ctx context.Context) error {
	if !r.in.Pipeline.HasKafka() {
		return nil
	}
	return AwaitReaders(ctx, r.Run, slices.DeleteFunc(r.collectors(), func(name string) bool { return !native.IsGateway(name) })...)
}

// AwaitReaders waits until each of the gateways has partitions of Kafka to read, for at most a minute. Until then, partitions still move
// from one to another, which cuts traces, and a part without the root is decided only after 35 s.
func AwaitReaders(ctx context.Context, run *native.Run, gateways ...string) error {
	ctx, cancel := context.WithTimeout(ctx, time.Minute)
	defer cancel()
	for _, name := range gateways {
		for {
			d, err := run.DeliveredBy(ctx, name)
			if err != nil {
				return err
			}
			if d.Taken > d.Given {
				break
			}
			if err := play.Wait(ctx, poll); err != nil {
				return fmt.Errorf("%s was not given a partition of the topic within a minute: %w", name, err)
			}
		}
	}
	return nil
}

// settled reports whether nothing is on its way: no agent or gateway has a span in its queue or in an undecided trace. What is in Kafka
// does not count, because a gateway goes on to report the lag of a partition that it has given back.
func (r *Rig) settled(ctx context.Context) bool {
	for _, name := range r.collectors() {
		d, err := r.DeliveredBy(ctx, name)
		if err != nil || d.Queued > 0 || d.Tail.Undecided() > 0 {
			return false
		}
	}
	return true
}

// count adds up what the counters of the agents and gateways say.
func (r *Rig) count(ctx context.Context, o *Outcome) error {
	for _, name := range r.collectors() {
		d, err := r.DeliveredBy(ctx, name)
		if err != nil {
			return err
		}
		o.Evicted += int(d.Tail.Evicted)
		o.Reported += int(d.Failed)
	}
	return nil
}
