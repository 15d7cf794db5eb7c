package drill

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"sync"
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

// An interval is a time from one moment to another.
type interval struct{ from, to time.Time }

// A Rig is a running system in the hands of a drill.
type Rig struct {
	*native.Run
	Shop play.Client
	// Killed is when each program was killed last.
	Killed map[string]time.Time
	// Kills lists the processes of each program that were killed: from the kill to the exit, which on a busy machine comes later.
	Kills map[string][]interval
	// Seed and Length are those of the drill.
	Seed   uint64
	Length time.Duration
	// Undelivered is how many spans each service reported that it could not deliver.
	Undelivered map[string]int

	mu       sync.Mutex // for Killed, Kills and repaired, as several things can break at the same time
	traces   *jaeger.Reader
	journal  string
	settled  time.Time // spans that had ended by then are in Jaeger
	probe    string    // the path of a request that shows that the run has recovered
	repaired time.Time
	figures  []string // that the drill measured, as sentences
	missed   []error  // targets of the drill
}

func newRig(run *native.Run, journal string) *Rig {
	shop := play.New(run.Shop())
	return &Rig{
		Run: run, Shop: shop, Killed: map[string]time.Time{}, Kills: map[string][]interval{}, Undelivered: map[string]int{}, journal: journal,
		traces: jaeger.New(run.URL(native.JaegerPort), shop.HTTP.Transport),
	}
}

// Repair marks the moment at which a repair begins. Of several calls, the last one counts.
func (r *Rig) Repair() {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.repaired = time.Now()
}

// Kill kills a program as kill -9 does.
func (r *Rig) Kill(name string) error {
	began := time.Now()
	err := r.Process(name).Kill()
	r.mu.Lock()
	defer r.mu.Unlock()
	r.Killed[name] = began
	r.Kills[name] = append(r.Kills[name], interval{began, time.Now()})
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

// settle waits until all spans that have ended are in Jaeger, and remembers when they had.
func (r *Rig) settle(ctx context.Context) error {
	now := time.Now()
	spans, err := journal.Read(r.journal)
	if err != nil {
		return err
	}
	r.settled = now
	return r.findAll(ctx, slices.DeleteFunc(spans, r.unsettled))
}

// unsettled reports whether a span had not ended when the rig was last settled.
func (r *Rig) unsettled(s journal.Span) bool { return s.Ended.IsZero() || s.Ended.After(r.settled) }

// findAll is find that requires that all spans are found.
func (r *Rig) findAll(ctx context.Context, spans []journal.Span) error {
	found, err := r.find(ctx, spans, drain)
	if err != nil {
		return err
	}
	for _, s := range spans {
		if found.spans[s.TraceID][s.ID] == 0 {
			return fmt.Errorf("a span is lost: %s", describe(s))
		}
	}
	return nil
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
	for _, name := range r.AllInstances() {
		if err := r.Terminate(ctx, name); err != nil {
			errs = append(errs, fmt.Errorf("%w; its last lines:\n%s", err, r.Process(name).Last()))
		}
	}
	return errors.Join(errs...)
}
