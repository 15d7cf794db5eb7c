package order

import (
	"context"
	"database/sql"
	"errors"
	"time"

	"spanwise/internal/database"
	"spanwise/internal/problem"
	"spanwise/internal/rest"
)

// A claim is an order that is being placed, by one request or by several with the same key. It lasts until the order is
// stored or given up, or until the lease is over: whoever repeats the key after its process has died goes on with the same
// order, and need not wait.
type claim struct {
	order       int64
	key, digest string // empty without a key
}

// errGivenUp means that another request with the same key gave up the order that this one was placing too, or that the lease
// was over: it must be placed anew.
var errGivenUp = errors.New("the order was given up")

var errKeyReused = problem.KeyReused("the idempotency key was used for another order; use a new one")

// giveUp gives up an order that could not be placed because of cause, and returns cause. But if there is an order under the
// key, which another request placed, or whose commit succeeded and only its confirmation was lost, giveUp returns that order.
// If another request gave up the claim first, or its lease was over, and no order is under the key, it returns errGivenUp.
func (s *Service) giveUp(ctx context.Context, c claim, cause error) (Order, error) {
	ctx, cancel := rest.Finish(ctx)
	defer cancel()
	was, err := s.undo(ctx, c, cause)
	if err != nil {
		s.logLater(ctx, release{order: c.order}, err)
		return Order{}, cause
	}
	if was && c.key == "" {
		return Order{}, cause
	}
	o, err := s.existing(ctx, c)
	switch {
	case err == nil, errors.Is(err, errKeyReused):
		return o, err
	case !was && c.key != "" && problem.IsNotFound(err):
		return Order{}, errGivenUp
	}
	return Order{}, cause
}

// undo ends a claim and releases its reservation. It reports whether the claim was still there. If it fails, the reservation is
// released when the lease is over.
func (s *Service) undo(ctx context.Context, c claim, cause error) (was bool, err error) {
	if problem.IsRefusal(cause) && !problem.From(cause).Resent { // this request has reserved nothing, and will not
		if was, err = s.store.drop(ctx, c); was || err != nil {
			return was, err
		}
	}
	r := release{order: c.order}
	was, err = s.store.begin(ctx, r, whenever)
	if was {
		s.releaseNow(ctx, r)
	}
	return was, err
}

// existing returns the order that a claim became.
func (s *Service) existing(ctx context.Context, c claim) (Order, error) {
	if c.key == "" {
		return s.store.order(ctx, c.order)
	}
	return s.store.byKey(ctx, c.key, c.digest)
}

// claim claims a new order number, or the one that another request with the same key has claimed, and returns it. The lease
// begins now.
func (s store) claim(ctx context.Context, c claim) (int64, error) {
	id, err := s.nextID(ctx)
	if err != nil {
		return 0, err
	}
	ids, err := database.Query(ctx, s.db, func(id *int64) []any { return []any{id} },
		"INSERT INTO releases (order_id, due_at, attempts, idempotency_key, digest) VALUES ($1, $2, 0, $3, $4)"+
			" ON CONFLICT (idempotency_key) DO UPDATE SET shared = 1, due_at = excluded.due_at WHERE releases.digest = excluded.digest"+
			" RETURNING order_id", id, time.Now().Add(lease).UnixMilli(), nullable(c.key), c.digest)
	switch {
	case err != nil:
		return 0, err
	case len(ids) == 0:
		return 0, errKeyReused
	}
	return ids[0], nil
}

// drop ends a claim without a reservation, and reports whether it did: not if other requests share the claim, which may have
// reserved stock since.
func (s store) drop(ctx context.Context, c claim) (bool, error) {
	ctx, cancel := context.WithTimeout(ctx, storeTimeout)
	defer cancel()
	n, err := database.Exec(ctx, s.db, "DELETE FROM releases WHERE order_id = $1 AND attempts = 0 AND shared = 0", c.order)
	return n == 1, err
}

func nullable(key string) sql.NullString { return sql.NullString{String: key, Valid: key != ""} }
