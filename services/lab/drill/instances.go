package drill

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"spanwise/lab/native"
	"spanwise/lab/play"
)

// rounds is how many instances are killed.
const rounds = 10

var instanceDrills = []Drill{twoInstances()}

// twoInstances is a drill with two instances of each service.
func twoInstances() Drill {
	d := withBuyers(Drill{
		Name: "two-instances-sigkill",
		Text: fmt.Sprintf("Two instances of each service run on one PostgreSQL, behind nginx, which is also between the services. kill -9 of a random "+
			"one of the six, %d times, each back within a second, while orders are placed and cancelled. Each order is sent to both instances of order at "+
			"the same time, under one key. No request to read an order fails. %s%s Both instances answer with the same order.", rounds, lossText, ordersText),
		Quick:    true,
		Settings: []string{"DATABASE_CONNECTIONS=8"}, // of six programs together, half of what PostgreSQL accepts
	}, killInstances)
	d.Needs = func() error { return errors.Join(needsPostgres(), native.CheckNginx()) }
	d.Prepare = func(s *native.Settings) (func() error, error) {
		s.Instances = 2
		_, remove, err := startPostgres(s)
		return remove, err
	}
	d.MayFail = nil
	return d
}

func killInstances(ctx context.Context, r *Rig, _ *buyers) error {
	random := r.random()
	names := r.AllInstances()
	var killed []string
	for range rounds {
		// nginx leaves an instance out for 2 s after a failure, counted in whole seconds, so for up to 3 s. Earlier, with the other one
		// killed, it would ask neither.
		if err := play.Wait(ctx, between(random, 3*time.Second, 4*time.Second)); err != nil {
			return err
		}
		name := names[random.IntN(len(names))]
		if err := r.away(ctx, between(random, 0, time.Second), func() error { return r.Kill(name) }, name); err != nil {
			return err
		}
		killed = append(killed, name)
	}
	slices.Sort(killed)
	r.note("killed: %s", strings.Join(killed, ", "))
	return nil
}

// place sends an order to all instances of order at the same time. It returns the best of the answers: with an order, or else one
// after which it makes sense to try again.
func (b *buyers) place(ctx context.Context, p *purchase, body string) (status int, err error) {
	var mu sync.Mutex
	var all sync.WaitGroup
	answers := 0
	for _, url := range b.orders {
		all.Go(func() {
			got, location, failed := b.post(ctx, url+"/orders", p.key, body)
			mu.Lock()
			defer mu.Unlock()
			if failed == nil && got == http.StatusCreated {
				if failed = p.answered(location); failed == nil {
					answers++
				}
			}
			switch {
			case status == http.StatusCreated:
			case failed == nil && (got == http.StatusCreated || err == nil && got > status):
				status, err = got, nil
			case failed != nil:
				err = failed
			}
		})
	}
	all.Wait()
	p.answers = max(p.answers, answers)
	return status, err
}

// checkInstances requires that all instances of order answered most of the orders that were placed: otherwise the drill did not show
// what they do with one key.
func (b *buyers) checkInstances(r *Rig) error {
	instances := len(b.orders)
	if instances == 1 {
		return nil
	}
	placed, byAll := 0, 0
	for _, p := range b.made {
		if p.id != 0 {
			placed++
		}
		if p.answers == instances {
			byAll++
		}
	}
	r.note("%d of %d orders were answered by all %d instances", byAll, placed, instances)
	if byAll <= placed/2 {
		return fmt.Errorf("only %d of %d orders were answered by all %d instances of order, so the drill did not show what they do with one key",
			byAll, placed, instances)
	}
	return nil
}

// answered remembers the order that a request was answered with, and one that is not the same as before.
func (p *purchase) answered(location string) error {
	id, err := strconv.ParseInt(strings.TrimPrefix(location, "/orders/"), 10, 64)
	switch {
	case err != nil:
		return fmt.Errorf("the answer 201 has the location %q: %w", location, err)
	case p.id == 0:
		p.id = id
	case p.id != id:
		p.other = id
	}
	return nil
}
