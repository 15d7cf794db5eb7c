package drill

import (
	"context"
	"errors"
	"math/rand/v2"
	"time"

	"spanwise/internal/journal"
	"spanwise/lab/load"
	"spanwise/lab/native"
	"spanwise/lab/play"
)

// How many orders are placed a second, and how many are read at the same time.
const (
	orderRate = 30
	readRate  = 20
)

var orderDrills = []Drill{
	ordersUnderKill(native.Order),
	ordersUnderKill(native.Inventory),
	ordersUnderKill(native.Pricing),
	ordersUnderKill(native.Services...),
}

// withBuyers returns the drill with buyers in addition to its load. It checks their orders in the end.
func withBuyers(d Drill, disturb func(context.Context, *Rig, *buyers) error) Drill {
	var b *buyers
	d.Load = func(_ *Rig, plan *load.Plan) { plan.Rate = readRate }
	d.Break = func(ctx context.Context, r *Rig) error {
		b = &buyers{shop: r.Shop}
		for _, name := range r.InstancesOf(native.Order) {
			b.orders = append(b.orders, r.InstanceURL(name))
		}
		stop := b.start(ctx)
		defer stop()
		if err := disturb(ctx, r, b); err != nil {
			return err
		}
		return play.Wait(ctx, after)
	}
	d.Check = func(ctx context.Context, r *Rig) error {
		if b.note(r) == 0 {
			return errors.New("no order was placed, so the drill did not show anything")
		}
		return errors.Join(b.checkInstances(r), b.audit(ctx, r))
	}
	d.MayFail = []string{load.Unconnected, load.CutOff, load.TimedOut, "status 50"}
	d.MayLose = lostByKill
	return d
}

// lostByKill reports whether a span was lost with its service: that it had not ended, or that it ended less than a batch before.
func lostByKill(r *Rig, s journal.Span) bool {
	for _, killed := range r.Kills[s.Service] {
		if s.Started.Before(killed.to) {
			return s.Ended.IsZero() || killed.from.Sub(s.Ended) < batch
		}
	}
	return false
}

func ordersUnderKill(names ...string) Drill {
	name, what := names[0], names[0]
	if len(names) > 1 {
		name, what = "any", "a random service"
	}
	return withBuyers(Drill{
		Name: "orders-sigkill-" + name,
		Text: "kill -9 of " + what + " six times at random moments, while orders are placed and cancelled. " + lossText + ordersText,
	}, func(ctx context.Context, r *Rig, _ *buyers) error {
		random := r.random()
		for range 6 {
			name := names[random.IntN(len(names))]
			if err := play.Wait(ctx, between(random, 0, 1500*time.Millisecond)); err != nil {
				return err
			}
			err := r.away(ctx, between(random, 0, time.Second), func() error { return r.Kill(name) }, name)
			if err != nil {
				return err
			}
		}
		return nil
	})
}

// lossText says which spans may be lost.
const lossText = "What a service that is killed had not yet sent is lost. "

// ordersText says what the drills of orders check.
const ordersText = "Afterwards stock and orders agree, no key has two orders, nothing stays reserved without an order, and every answer was true."

// random returns the source of all that is random in this drill.
func (r *Rig) random() *rand.Rand { return rand.New(rand.NewPCG(r.Seed, 0)) }

// between returns a random time from low to high.
func between(random *rand.Rand, low, high time.Duration) time.Duration {
	return low + time.Duration(random.Int64N(int64(high-low)))
}

// withPostgres returns the drill with its services on a PostgreSQL of its own.
func withPostgres(d Drill, disturb func(context.Context, *Rig, *postgres) error) Drill {
	var server *postgres
	d = withBuyers(d, func(ctx context.Context, r *Rig, _ *buyers) error {
		if err := server.used(ctx); err != nil {
			return err
		}
		return disturb(ctx, r, server)
	})
	d.Needs = needsPostgres
	d.Prepare = func(s *native.Settings) (remove func() error, err error) {
		server, remove, err = startPostgres(s)
		return remove, err
	}
	return d
}

var databaseDrills = []Drill{
	withPostgres(Drill{
		Name: "database-away",
		Text: "PostgreSQL stops as in a crash and starts again 5 s later, three times, while orders are placed and cancelled. " + ordersText,
	}, func(ctx context.Context, r *Rig, server *postgres) error {
		random := r.random()
		for range 3 {
			if err := play.Wait(ctx, between(random, time.Second, 3*time.Second)); err != nil {
				return err
			}
			if err := server.away(ctx, 5*time.Second); err != nil {
				return err
			}
			r.Repair()
		}
		return nil
	}),
	withPostgres(Drill{
		Name: "database-connections-exhausted",
		Text: "Something else takes all connections of PostgreSQL for 8 s, while orders are placed and cancelled. " + ordersText,
	}, func(ctx context.Context, r *Rig, server *postgres) error {
		err := server.exhaust(ctx, 8*time.Second)
		r.Repair()
		return err
	}),
}
