package order

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"time"

	"spanwise/internal/problem"
	database "spanwise/internal/store"
	"spanwise/inventory"
)

// A Placement is what a customer asks for.
type Placement struct {
	Customer string           `json:"customer"`
	Lines    []inventory.Line `json:"lines"`
}

func (p Placement) check() error {
	if p.Customer == "" || len(p.Customer) > 200 {
		return problem.New(http.StatusBadRequest, "an order needs a customer's name of up to 200 bytes")
	}
	return inventory.CheckLines(p.Lines)
}

// Place prices an order, reserves its stock, all lines or none, and stores it. If a later step fails the
// reservation is undone. Under one key only one order is ever placed: whoever uses the key again, even at the
// same moment, gets that order. An empty key places anew each time.
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
	if !problem.Is(err, http.StatusNotFound) {
		return o, err
	}
	o, err = s.placeNew(ctx, key, p)
	if database.Duplicate(err) { // another instance was faster, and ours is undone
		return s.store.byKey(ctx, key, p.digest())
	}
	return o, err
}

func (s *Service) placeNew(ctx context.Context, key string, p Placement) (Order, error) {
	quote, err := s.pricing.Quote(ctx, p.Lines)
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
	if err := s.inventory.Reserve(ctx, inventory.Reservation{Order: id, Lines: p.Lines}); err != nil {
		if problem.From(err).Status < http.StatusInternalServerError {
			return Order{}, err // refused, so nothing was reserved
		}
		return Order{}, s.undo(ctx, id, err) // no clear answer: it may have been
	}
	mails := s.outbox.mails(ctx, o)
	if err := s.store.insert(ctx, o, key, p.digest(), mails); err != nil {
		return Order{}, s.undo(ctx, id, err)
	}
	s.outbox.sendAfter(ctx, mails)
	return o, nil
}

// undo releases an order's reservation because of cause, even if our caller has hung up by now.
func (s *Service) undo(ctx context.Context, id int64, cause error) error {
	if err := s.inventory.Release(context.WithoutCancel(ctx), id); err != nil {
		return errors.Join(cause, fmt.Errorf("the stock of order %d is still reserved (mend with DELETE /reservations/%d on inventory): %w", id, id, err))
	}
	return cause
}

// digest tells whether two placements under one key are the same.
func (p Placement) digest() string {
	text, _ := json.Marshal(p) // strings and ints always encode
	sum := sha256.Sum256(text)
	return hex.EncodeToString(sum[:])
}
