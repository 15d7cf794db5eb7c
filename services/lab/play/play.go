// Package play makes the requests of scenarios to a running shop, and reads their traces. Begin with [New] or [At], then
// [Client.Play] and [Read].
package play

import (
	"cmp"
	"context"
	"fmt"
	"math/rand/v2"
	"strconv"
	"strings"
	"time"

	"golang.org/x/sync/errgroup"

	"spanwise/lab/scenario"
)

// Play makes a scenario's setup requests and then one of its requests, as many at once as the scenario has. It returns the ids of
// the latter's traces.
func (c Client) Play(ctx context.Context, s scenario.Scenario, r scenario.Request) ([]string, error) {
	own, _, err := c.PlayWith(ctx, s, r)
	return own, err
}

// PlayWith is Play with other requests at the same time, whose trace ids it returns too.
func (c Client) PlayWith(
	ctx context.Context, s scenario.Scenario, r scenario.Request, others ...scenario.Request,
) (own, other []string, err error) {
	fill, err := c.setUp(ctx, s)
	if err != nil {
		return nil, nil, err
	}
	n := max(s.Concurrency, 1)
	ids := make([]string, n+len(others))
	group, together := errgroup.WithContext(ctx)
	for i := range ids {
		group.Go(func() error {
			one := r
			if i >= n {
				one = others[i-n]
			}
			a, err := c.DoTraced(together, fill.in(one))
			ids[i] = a.TraceID
			return err
		})
	}
	if err := group.Wait(); err != nil {
		return nil, nil, fmt.Errorf("%s: %w", s.ID, err)
	}
	// Work that continues after the answer must not slow the next request down.
	return ids[:n:n], ids[n:], Wait(ctx, max(s.Effect.AfterAnswer, s.MinEffect.AfterAnswer)*6/5)
}

// setUp brings the system into the state that a scenario needs.
func (c Client) setUp(ctx context.Context, s scenario.Scenario) (placeholders, error) {
	// Far above the numbers that the shop gives its orders.
	fill := placeholders{fresh: strconv.FormatInt(1<<40+rand.Int64N(1<<40), 10)}
	for _, r := range s.Setup {
		a, err := c.Do(ctx, fill.in(r))
		if err != nil {
			return fill, fmt.Errorf("set up %s: %w", s.ID, err)
		}
		fill.placed = cmp.Or(a.Location, fill.placed)
	}
	return fill, Wait(ctx, s.Cooldown)
}

// placeholders are the values for those in requests.
type placeholders struct{ placed, fresh string }

// in returns a request with its placeholders replaced.
func (p placeholders) in(r scenario.Request) scenario.Request {
	values := strings.NewReplacer(scenario.Placed, p.placed, scenario.Fresh, p.fresh)
	r.Path, r.Body = values.Replace(r.Path), values.Replace(r.Body)
	return r
}

// delivery is how long the last spans of a request take to reach Jaeger, and how long work may continue after its answer.
const delivery = 1500 * time.Millisecond

// Settle waits until the spans of the requests before it have reached Jaeger.
func Settle(ctx context.Context) error { return Wait(ctx, delivery) }

// Wait returns after that time, or with an error when ctx ends first.
func Wait(ctx context.Context, d time.Duration) error {
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-time.After(d):
		return nil
	}
}
