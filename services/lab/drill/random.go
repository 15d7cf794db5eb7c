package drill

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"time"

	"golang.org/x/sync/errgroup"

	"spanwise/internal/journal"
	"spanwise/lab/play"
)

const (
	// roundTime is how long things break before everything is repaired and checked.
	roundTime = 30 * time.Second
	// enough is the length of a run in which each kind of faults must happen. In about three minutes, each has happened to each of its
	// targets.
	enough = 10 * time.Minute
)

// randomDrills is the mix of all faults.
var randomDrills = []Drill{newRandom()}

func newRandom() Drill {
	m := &mix{}
	d := withBuyers(Drill{
		Name: "random",
		Text: fmt.Sprintf("One or two random faults at a time, in an order that -seed chooses. A program is killed, terminated or stopped with SIGSTOP. The "+
			"Collector's memory limit is low, the disk of its queue is full while Jaeger is away, the file of its queue is cut in half, or its network is down. "+
			"PostgreSQL crashes or has no connections left. There are %d more requests a second, %d slow clients, %d idle connections, or requests for which "+
			"pricing's clock is ahead. Each fault happens once before any of them comes again; those that the machine cannot cause are left out. After each half minute "+
			"all is repaired, and orders and spans are checked, until -for is over. What was in a queue that is cut, or whose disk is full, may be lost. ",
			burstRate, fewSlow, fewIdle) + lossText + ordersText,
		Settings: onDisk,
	}, m.run)
	d.Prepare = m.prepare
	d.MayLose = m.mayLose
	return d
}

// A mix breaks a run at random.
type mix struct {
	postgres *postgres
	lacks    map[string]error // why a resource is not there
	deck     *deck
	done     []string // what was broken since the last check
	checked  int      // spans of the journal that were found, or may be lost

	mu             sync.Mutex
	happened       map[string]int // how often each kind of fault did
	sent, accepted int            // requests of the bursts
	stalls         []stall
	cuts           []interval // from when all spans were in Jaeger until the Collector ended, with a queue that lost some
}

func (m *mix) run(ctx context.Context, r *Rig, b *buyers) error {
	var checks, faults int
	m.deck, m.done, m.checked = &deck{random: r.random(), lacks: m.lacks}, nil, 0
	m.happened, m.sent, m.accepted, m.stalls, m.cuts = map[string]int{}, 0, 0, nil, nil
	if m.postgres != nil {
		if err := m.postgres.used(ctx); err != nil {
			return err
		}
	}
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
	r.note("%d times all was repaired and checked, after %d faults altogether; of %d requests in bursts, %d were accepted", checks, faults, m.sent, m.accepted)
	r.Repair()
	return m.note(r)
}

func (m *mix) story() string { return strings.Join(m.done, "; ") }

// step causes one or two faults at the same time, and repairs them.
func (m *mix) step(ctx context.Context, r *Rig) error {
	var all errgroup.Group
	for _, f := range m.deck.deal() {
		m.done = append(m.done, f.String())
		all.Go(func() error {
			if err := play.Wait(ctx, f.after); err != nil {
				return err
			}
			if err := f.inflict(ctx, m, r, f); err != nil {
				return fmt.Errorf("%v: %w", f, err)
			}
			m.mu.Lock()
			defer m.mu.Unlock()
			m.happened[f.name]++
			return nil
		})
	}
	return errors.Join(all.Wait(), play.Wait(ctx, between(m.deck.random, 0, 3*time.Second)))
}

// check pauses the load, and checks the orders so far and that all spans so far are in Jaeger.
func (m *mix) check(ctx context.Context, r *Rig, b *buyers) error {
	resume := b.pause()
	defer resume()
	if err := b.audit(ctx, r); err != nil {
		return err
	}
	return m.findNew(ctx, r)
}

// findNew requires that all spans so far are in Jaeger, except those that may be lost.
func (m *mix) findNew(ctx context.Context, r *Rig) error {
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
	if err := r.findAll(ctx, want); err != nil {
		return err
	}
	m.checked = len(spans)
	return nil
}
