package drill

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"sync"
	"time"

	"golang.org/x/sync/errgroup"

	"spanwise/internal/journal"
	"spanwise/lab/native"
	"spanwise/lab/play"
)

// roundTime is how long things break before everything is repaired and checked.
const roundTime = 30 * time.Second

// randomDrills is the mix of all faults.
var randomDrills = []Drill{newRandom()}

func newRandom() Drill {
	m := &mix{}
	d := withBuyers(Drill{
		Name: "random",
		Text: "One or two random programs at a time are killed, terminated or stopped with SIGSTOP, or PostgreSQL is (if there is one), in " +
			"an order that -seed chooses, for as long as -for says. Every half minute all is repaired, and orders and spans are checked. " + lossText + ordersText,
		Settings: onDisk,
	}, m.run)
	d.Prepare = func(s *native.Settings) (remove func() error, err error) {
		m.postgres = nil
		if needsPostgres() != nil {
			return func() error { return nil }, nil // SQLite cannot go away
		}
		m.postgres, remove, err = startPostgres(s)
		return remove, err
	}
	d.MayLose = m.mayLose
	return d
}

// A mix breaks a run at random.
type mix struct {
	postgres *postgres
	random   *rand.Rand
	done     []string // what was broken since the last check
	checked  int      // spans of the journal that were found, or may be lost

	mu      sync.Mutex
	outages []interval // of the Collector
}

// An interval is a time in which a program was broken.
type interval struct{ from, to time.Time }

// resend is how long a service may take to send its spans after the Collector is back.
const resend = 10 * time.Second

// mayLose reports whether a span was lost with its service: that it had not ended, or that the service had not yet sent it,
// because it ended less than a batch before, or because the Collector was away.
func (m *mix) mayLose(r *Rig, s journal.Span) bool {
	m.mu.Lock()
	defer m.mu.Unlock()
	for _, end := range r.Kills[s.Service] {
		if s.Started.After(end) {
			continue
		}
		sent := end.Add(-batch)
		for _, away := range slices.Backward(m.outages) {
			if away.from.Before(end) && away.to.Add(resend).After(sent) {
				sent = away.from.Add(-batch)
			}
		}
		return s.Ended.IsZero() || s.Ended.After(sent)
	}
	return false
}

func (m *mix) run(ctx context.Context, r *Rig, b *buyers) error {
	var checks, faults int
	m.random, m.done, m.checked, m.outages = r.random(), nil, 0, nil
	for end := time.Now().Add(r.Length); time.Now().Before(end); {
		for round := time.Now().Add(roundTime); time.Now().Before(round); {
			if err := m.step(ctx, r); err != nil {
				return fmt.Errorf("%w\nafter: %s", err, m.story())
			}
		}
		if err := m.check(ctx, r, b); err != nil {
			return fmt.Errorf("%w\nafter: %s", err, m.story())
		}
		checks++
		faults += len(m.done)
		m.done = nil
	}
	r.note("%d times all was repaired and checked, after %d faults altogether", checks, faults)
	r.Repair()
	return nil
}

func (m *mix) story() string { return strings.Join(m.done, "; ") }

// step breaks one or two programs at the same time, and repairs them.
func (m *mix) step(ctx context.Context, r *Rig) error {
	targets := []string{native.Order, native.Inventory, native.Pricing, native.Collector, native.Jaeger}
	if m.postgres != nil {
		targets = append(targets, postgresServer)
	}
	var all errgroup.Group
	for _, name := range pick(m.random, 1+m.random.IntN(2), targets) {
		fault := m.choose(name)
		m.done = append(m.done, fault.String())
		all.Go(func() error { return m.inflict(ctx, r, fault) })
	}
	return errors.Join(all.Wait(), play.Wait(ctx, between(m.random, 0, 3*time.Second)))
}

// check pauses the load, and checks the orders so far and that all spans so far are in Jaeger.
func (m *mix) check(ctx context.Context, r *Rig, b *buyers) error {
	resume := b.pause()
	defer resume()
	if err := b.audit(ctx, r); err != nil {
		return err
	}
	spans, err := journal.Read(r.journal)
	if err != nil {
		return err
	}
	var want []journal.Span
	for _, s := range spans[m.checked:] {
		if !m.mayLose(r, s) {
			want = append(want, s)
		}
	}
	found, err := r.find(ctx, want, drain)
	if err != nil {
		return err
	}
	for _, s := range want {
		if found.spans[s.TraceID][s.ID] == 0 {
			return fmt.Errorf("a span is lost: %s", describe(s))
		}
	}
	m.checked = len(spans)
	return nil
}
