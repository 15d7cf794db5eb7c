package drill

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"time"

	"spanwise/internal/journal"
	"spanwise/lab/load"
	"spanwise/lab/native"
	"spanwise/lab/play"
)

// batch is how long a service may keep a span that has ended: 0.2 s until it sends a batch, and the time the Collector takes to
// write it to disk.
const batch = time.Second

var serviceDrills = []Drill{
	{
		Name: "service-sigterm",
		Text: "SIGTERM to order, then pricing, then inventory, during requests that take 0.3 s. They finish these; new ones are refused.",
		Load: reading("/orders/10?latency=pricing:300ms"),
		Break: func(ctx context.Context, r *Rig) error {
			if err := r.terminateAll(ctx); err != nil {
				return err
			}
			return r.restartAll(ctx)
		},
		MayFail: []string{load.Unconnected},
		Compare: tookLong,
		Quick:   true,
	},
	{
		Name: "service-sigterm-alone",
		Text: "SIGTERM to the three services while the Collector is away. Each gives up after 10 s and says how many spans it could not deliver: " +
			"exactly these may be lost.",
		Break:   terminateAlone,
		MayFail: []string{load.Unconnected, load.CutOff, "status 50"},
		MayLose: func(r *Rig, s journal.Span) bool { return s.Started.Before(r.repaired) },
		Compare: checkReported,
	},
	{
		Name: "service-sigkill",
		Text: "kill -9 of order, pricing and inventory. What ended in the last second before is lost, because spans are sent every 0.2 s, " +
			"and so are spans that had not ended.",
		Break: func(ctx context.Context, r *Rig) error {
			for _, name := range native.Services {
				if err := r.Kill(name); err != nil {
					return err
				}
			}
			return r.restartAll(ctx)
		},
		MayFail: []string{load.Unconnected, load.CutOff, "status 50"},
		MayLose: func(r *Rig, s journal.Span) bool {
			killed := r.Killed[s.Service]
			return s.Started.Before(killed) && (s.Ended.IsZero() || killed.Sub(s.Ended) < batch)
		},
	},
}

// tookLong requires that the requests took as long as the drill's text says.
func tookLong(_ context.Context, _ *Rig, o Outcome) error {
	if took := o.Load.Latency.P50; took < 300*time.Millisecond {
		return fmt.Errorf("the median of the requests took %v, so what this drill is about did not happen", load.Short(took))
	}
	return nil
}

// terminateAll stops the services in the order in which a deployment would: first the one that gets the requests.
func (r *Rig) terminateAll(ctx context.Context) error {
	for _, name := range native.Services {
		if err := r.Terminate(ctx, name); err != nil {
			return err
		}
	}
	return nil
}

// restartAll starts the services again, each after those that it calls.
func (r *Rig) restartAll(ctx context.Context) error {
	r.Repair()
	for _, name := range slices.Backward(native.Services) {
		if err := r.Run.Restart(ctx, name); err != nil {
			return err
		}
	}
	return nil
}

// terminateAlone stops the services while there is no Collector, and keeps what each said about its spans.
func terminateAlone(ctx context.Context, r *Rig) error {
	if err := r.Terminate(ctx, native.Collector); err != nil {
		return err
	}
	if err := play.Wait(ctx, before); err != nil {
		return err
	}
	var all sync.WaitGroup
	errs := make([]error, len(native.Services))
	for i, name := range native.Services {
		all.Go(func() { errs[i] = r.Terminate(ctx, name) })
	}
	all.Wait()
	for i, name := range native.Services {
		n, err := undelivered(r.Process(name).Last())
		if err != nil {
			return errors.Join(fmt.Errorf("%s: %w", name, err), errs[i])
		}
		r.Undelivered[name] = n
	}
	if err := r.Restart(ctx, native.Collector); err != nil {
		return err
	}
	return r.restartAll(ctx)
}

// undelivered reads how many spans a service could not deliver from the last lines that it wrote.
func undelivered(last string) (n int, err error) {
	_, rest, found := strings.Cut(last, ": ")
	for found {
		if _, err := fmt.Sscanf(rest, "%d spans were lost", &n); err == nil {
			return n, nil
		}
		_, rest, found = strings.Cut(rest, ": ")
	}
	return 0, fmt.Errorf("it does not say how many spans it could not deliver; its last lines:\n%s", last)
}

// checkReported compares what each service reported with what is missing.
func checkReported(_ context.Context, r *Rig, o Outcome) error {
	var errs []error
	for _, name := range native.Services {
		if got, want := o.LostBy[name], r.Undelivered[name]; got != want {
			errs = append(errs, fmt.Errorf("%s reported that it could not deliver %d spans, and %d of its spans are missing", name, want, got))
		}
	}
	return errors.Join(errs...)
}
