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

	"spanwise/internal/database"
	"spanwise/internal/problem"
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
// same moment, gets that order. (At the same moment at another instance it may be refused instead, if what is left is
// enough for one.) An empty key places anew each time.
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
	if database.Duplicate(err) && !errors.Is(err, errStillReserved) { // another instance was faster, and ours is undone
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
	if err := s.keep(ctx, o, key, p.digest(), mails); err != nil {
		return Order{}, err
	}
	s.outbox.sendAfter(ctx, mails)
	return o, nil
}

// keep stores an order whose stock is reserved, or undoes the reservation. From here on it does not matter whether the
// caller is still there: a commit that is broken off may have taken place, and its order must keep its stock.
func (s *Service) keep(ctx context.Context, o Order, key, digest string, mails []mail) error {
	ctx = context.WithoutCancel(ctx)
	patience, cancel := context.WithTimeout(ctx, keepTimeout)
	defer cancel()
	err := s.store.insert(patience, o, key, digest, mails)
	if err == nil {
		return nil
	}
	if patience.Err() != nil {
		err = problem.New(http.StatusServiceUnavailable, "the order could not be stored within %v; try again", keepTimeout).Because(err).After(time.Second)
	}
	_, missing := s.store.order(ctx, o.ID)
	switch {
	case missing == nil:
		return nil // it is there: only the answer was lost
	case problem.Is(missing, http.StatusNotFound):
		return s.undo(ctx, o.ID, err)
	}
	return errors.Join(err, fmt.Errorf("order %d may be stored or not, so %w", o.ID, errStillReserved), missing)
}

// keepTimeout bounds the storing of an order.
const keepTimeout = 10 * time.Second

// errStillReserved says that stock may be reserved for an order that does not exist.
var errStillReserved = errors.New("its stock may still be reserved (if there is no such order, mend with DELETE /reservations/ORDER on inventory)")

// undo releases an order's reservation because of cause.
func (s *Service) undo(ctx context.Context, id int64, cause error) error {
	if err := s.release(ctx, id); err != nil {
		return errors.Join(cause, fmt.Errorf("order %d: %w: %w", id, errStillReserved, err))
	}
	return cause
}

// release returns an order's stock, even if our caller has hung up by now. An inventory that is away gets a few
// seconds to come back.
func (s *Service) release(ctx context.Context, id int64) error {
	ctx = context.WithoutCancel(ctx)
	for pause := 100 * time.Millisecond; ; pause *= 2 {
		err := s.inventory.Release(ctx, id)
		if err == nil || problem.From(err).Status < http.StatusInternalServerError || pause > 2*time.Second {
			return err
		}
		time.Sleep(pause)
	}
}

// digest tells whether two placements under one key are the same.
func (p Placement) digest() string {
	text, _ := json.Marshal(p) // strings and ints always encode
	sum := sha256.Sum256(text)
	return hex.EncodeToString(sum[:])
}
