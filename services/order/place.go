package order

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"time"

	"spanwise/internal/database"
	"spanwise/internal/problem"
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
// the reservation is released. Under one key only one order is ever placed: a request that repeats the key, even at the same
// time, gets that order. (At the same time at another instance it may be refused instead, if there is stock for only one.)
// Requests with an empty key always place a new order.
func (s *Service) Place(ctx context.Context, key string, p Placement) (Order, error) {
	if err := p.check(); err != nil {
		return Order{}, err
	}
	if key == "" {
		return s.placeNew(ctx, "", p)
	}
	unlock, err := s.placing.lock(ctx, key)
	if err != nil {
		return Order{}, err
	}
	defer unlock()
	o, err := s.store.byKey(ctx, key, p.digest())
	if !problem.IsNotFound(err) {
		return o, err
	}
	o, err = s.placeNew(ctx, key, p)
	if database.Duplicate(err) { // another instance was faster, and this one's is undone
		return s.store.byKey(ctx, key, p.digest())
	}
	return o, err
}

func (s *Service) placeNew(ctx context.Context, key string, p Placement) (Order, error) {
	quote, err := s.quote(ctx, p.Lines)
	if err != nil {
		return Order{}, err
	}
	id, err := s.store.nextID(ctx)
	if err != nil {
		return Order{}, err
	}
	o := Order{
		ID: id, Customer: p.Customer, Status: Placed, CreatedAt: time.Now().UTC().Truncate(time.Millisecond),
		Charged: &quote.Total, Lines: p.Lines,
	}
	step.Describe(ctx, append(o.attributes(), step.Total(quote.Total.Cents))...)
	if err := insertRelease(ctx, s.store.db, release{order: id}, time.Now().Add(lease)); err != nil {
		return Order{}, err
	}
	if err := s.reserve(ctx, o); err != nil {
		if problem.IsRefusal(err) { // nothing was reserved
			return Order{}, errors.Join(err, deleteRelease(ctx, s.store.db, id))
		}
		return Order{}, s.undo(ctx, id, err) // something may have been reserved
	}
	m := s.outbox.mail(ctx, o)
	if err := s.keep(ctx, o, key, p.digest(), m); err != nil {
		return Order{}, err
	}
	s.outbox.sendAfter(ctx, m)
	return o, nil
}

func (s *Service) reserve(ctx context.Context, o Order) (err error) {
	ctx, end := step.Start(ctx, "reserve-stock", o.attributes()...)
	defer end(&err)
	return s.inventory.Reserve(ctx, inventory.Reservation{Order: o.ID, Lines: o.Lines})
}

// keep stores an order whose stock is reserved, or undoes the reservation. From here on it does not matter whether the
// caller is still there: a commit that is interrupted may have succeeded, and its order must keep its stock.
func (s *Service) keep(ctx context.Context, o Order, key, digest string, m *mail) error {
	ctx = context.WithoutCancel(ctx)
	if err := s.insert(ctx, o, key, digest, m); err != nil {
		return s.undo(ctx, o.ID, err)
	}
	return nil
}

func (s *Service) insert(ctx context.Context, o Order, key, digest string, m *mail) (err error) {
	ctx, end := step.Start(ctx, "store-order", append(o.attributes(), step.Total(o.Charged.Cents))...)
	defer end(&err)
	ctx, cancel := context.WithTimeout(ctx, storeTimeout)
	defer cancel()
	err = s.store.insert(ctx, o, key, digest, m)
	if err != nil && ctx.Err() != nil {
		return problem.Unavailable("the order could not be stored within %v; try again", storeTimeout).Because(err)
	}
	return err
}

// storeTimeout bounds what no request bounds: the transaction that stores an order, and statements about releases.
const storeTimeout = 10 * time.Second

// digest returns a text that is equal for equal placements.
func (p Placement) digest() string {
	text, _ := json.Marshal(p) // cannot fail: there are only strings and ints
	sum := sha256.Sum256(text)
	return hex.EncodeToString(sum[:])
}
