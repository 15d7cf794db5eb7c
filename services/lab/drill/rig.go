package drill

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"time"

	"spanwise/internal/journal"
	"spanwise/lab/jaeger"
	"spanwise/lab/native"
	"spanwise/lab/play"
	"spanwise/lab/scenario"
)

const (
	// drain is how long to wait for another one of the spans that are missing.
	drain = 60 * time.Second
	// exit bounds how long a service may take to stop: its requests take less than a second, and it gives up on its spans after 10 s.
	exit = 15 * time.Second
	poll = 100 * time.Millisecond
)

// A Rig is a running system in the hands of a drill.
type Rig struct {
	*native.Run
	Shop play.Client
	// Killed is when each program was killed last.
	Killed map[string]time.Time
	// Kills is when the processes of each program that were killed had exited, in order.
	Kills map[string][]time.Time
	// Seed and Length are those of the drill.
	Seed   uint64
	Length time.Duration
	// Undelivered is how many spans each service reported that it could not deliver.
	Undelivered map[string]int

	traces   *jaeger.Reader
	journal  string
	probe    string // the path of a request that shows that the run has recovered
	repaired time.Time
	figures  []string // that the drill measured, as sentences
	missed   []error  // targets of the drill
}

func newRig(run *native.Run, journal string) *Rig {
	shop := play.New(run.Shop())
	return &Rig{
		Run: run, Shop: shop, Killed: map[string]time.Time{}, Kills: map[string][]time.Time{}, Undelivered: map[string]int{}, journal: journal,
		traces: jaeger.New(run.URL(native.JaegerPort), shop.HTTP.Transport),
	}
}

// Repair marks the moment at which a repair begins. Of several calls, the last one counts.
func (r *Rig) Repair() { r.repaired = time.Now() }

// Kill kills a program as kill -9 does.
func (r *Rig) Kill(name string) error {
	r.Killed[name] = time.Now()
	err := r.Process(name).Kill()
	r.Kills[name] = append(r.Kills[name], time.Now())
	return err
}

// Terminate asks a program to stop, as SIGTERM does, and waits until it has.
func (r *Rig) Terminate(ctx context.Context, name string) error {
	ctx, cancel := context.WithTimeout(ctx, exit)
	defer cancel()
	return r.Process(name).Stop(ctx)
}

// Restart starts a program again and waits until it is ready.
func (r *Rig) Restart(ctx context.Context, name string) error {
	r.Repair()
	return r.Run.Restart(ctx, name)
}

// recover waits until requests succeed and all spans from before the repair are in Jaeger, except those that may be lost. It
// returns when that was.
func (r *Rig) recover(ctx context.Context, mayLose func(journal.Span) bool) (time.Time, error) {
	spans, err := journal.Read(r.journal)
	if err != nil {
		return time.Time{}, err
	}
	var early []journal.Span
	for _, s := range spans {
		if s.Started.Before(r.repaired) && !mayLose(s) {
			early = append(early, s)
		}
	}
	answered, err := r.answered(ctx)
	if err != nil {
		return time.Time{}, err
	}
	found, err := r.find(ctx, early, drain)
	if found.last.After(answered) {
		answered = found.last
	}
	return answered, err
}

// answered waits until a request succeeds.
func (r *Rig) answered(ctx context.Context) (time.Time, error) {
	ctx, cancel := context.WithTimeout(ctx, drain)
	defer cancel()
	for {
		_, err := r.Shop.Do(ctx, scenario.Request{Method: http.MethodGet, Path: r.probe})
		if err == nil {
			return time.Now(), nil
		}
		if wait := play.Wait(ctx, poll); wait != nil {
			return time.Time{}, fmt.Errorf("no request succeeds %v after the repair, the last: %w", drain, err)
		}
	}
}

// stopServices stops the services, which deliver their last spans first.
func (r *Rig) stopServices(ctx context.Context) error {
	var errs []error
	for _, name := range native.Services {
		if err := r.Terminate(ctx, name); err != nil {
			errs = append(errs, fmt.Errorf("%w; its last lines:\n%s", err, r.Process(name).Last()))
		}
	}
	return errors.Join(errs...)
}
