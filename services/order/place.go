package order

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"time"

	"spanwise/internal/problem"
	"spanwise/internal/rest"
	"spanwise/internal/step"
	"spanwise/inventory"
)

// A Placement is what a customer orders.
type Placement struct {
	Customer string           `json:"customer"`
	Lines    []inventory.Line `json:"lines"`
}

func (p Placement) check() error {
	if p.Customer == "" || len(p.Customer) > 200 {
		return problem.Invalid("an order needs the name of a customer, of up to 200 bytes")
	}
	return inventory.CheckLines(p.Lines)
}

// Place prices an order, reserves its stock, all lines or none, and stores it. If a later step fails, or this process dies,
// the reservation is released. Under one key only one order is ever placed: requests that repeat the key, even at the same
// time and at other instances, get that order. Requests with an empty key always place a new order.
func (s *Service) Place(ctx context.Context, key string, p Placement) (Order, error) {
	if err := p.check(); err != nil {
		return Order{}, err
	}
	if key == "" {
		return s.placeNew(ctx, "", p)
	}
	for {
		o, err := s.store.byKey(ctx, key, p.digest())
		if !problem.IsNotFound(err) {
			return o, err
		}
		if o, err = s.placeNew(ctx, key, p); !errors.Is(err, errGivenUp) {
			return o, err
		}
	}
}

// placeNew places an order. If other requests with this key are doing so, it takes part: all of them place the order with
// the same number, which each step does only once. The one that stores it decides what is charged.
func (s *Service) placeNew(ctx context.Context, key string, p Placement) (Order, error) {
	quote, err := s.quote(ctx, p.Lines)
	if err != nil {
		return Order{}, err
	}
	c := claim{key: key, digest: p.digest()}
	if c.order, err = s.store.claim(ctx, c); err != nil {
		return Order{}, err
	}
	o := Order{
		ID: c.order, Customer: p.Customer, Status: Placed, CreatedAt: time.Now().UTC().Truncate(time.Millisecond),
		Charged: &quote.Total, Lines: p.Lines,
	}
	step.Describe(ctx, append(o.attributes(), step.Total(quote.Total.Cents))...)
	m := s.outbox.mail(ctx, o)
	err = s.reserve(ctx, o)
	if err == nil {
		err = s.insert(ctx, o, c, m)
	}
	if err != nil {
		return s.giveUp(ctx, c, err)
	}
	s.outbox.sendAfter(ctx, m)
	return o, nil
}

func (s *Service) reserve(ctx context.Context, o Order) (err error) {
	ctx, end := step.Start(ctx, "reserve-stock", o.attributes()...)
	defer end(&err)
	return s.inventory.Reserve(ctx, inventory.Reservation{Order: o.ID, Lines: o.Lines})
}

// insert stores an order whose stock is reserved. From here on it does not matter whether the caller is still there: a commit
// that is interrupted may have succeeded, and its order must keep its stock.
func (s *Service) insert(ctx context.Context, o Order, c claim, m *mail) (err error) {
	ctx, cancel := rest.Finish(ctx)
	defer cancel()
	ctx, end := step.Start(ctx, "store-order", append(o.attributes(), step.Total(o.Charged.Cents))...)
	defer end(&err)
	ctx, cancel = context.WithTimeout(ctx, storeTimeout)
	defer cancel()
	err = s.store.insert(ctx, o, c, m)
	if err != nil && ctx.Err() != nil {
		return problem.Unavailable("the order could not be stored within %v; try again", storeTimeout).Because(err)
	}
	return err
}

// digest returns a text that is equal for equal placements.
func (p Placement) digest() string {
	text, _ := json.Marshal(p) // cannot fail: there are only strings and ints
	sum := sha256.Sum256(text)
	return hex.EncodeToString(sum[:])
}
