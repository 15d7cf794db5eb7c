package order

import (
	"context"
	"math/rand/v2"
	"sync"
	"time"

	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/codes"
	"go.opentelemetry.io/otel/trace"

	"spanwise/internal/database"
	"spanwise/internal/step"
)

// The reservation of an order that is given up is released, even if this process or another one dies, at any moment:
//
//   - Before stock is reserved, the table releases gets a row for the order, which is due when the lease is over.
//   - The transaction that stores the order deletes the row, and fails if the release has begun. So there is one or the other.
//   - The transaction that cancels an order inserts the row again.
//   - Any instance releases what is due. A release is idempotent, and final: a reservation that arrives later is refused.
const (
	// lease is how long storing an order may take, from before its reservation. A call has 15 s, and the commit storeTimeout.
	lease = 30 * time.Second
	// releaseTimeout bounds one attempt of a release.
	releaseTimeout = 20 * time.Second
	// firstRetry is the time between the first two attempts. It doubles with each attempt, up to lastRetry.
	firstRetry = 5 * time.Second
	lastRetry  = time.Minute
	// lookEvery is how often an instance looks for what is due, on average.
	lookEvery = 5 * time.Second
)

// A release is a reservation to release.
type release struct {
	order    int64
	attempts int // that have begun; 0 while the order can still be stored
}

// undo releases the reservation of an order that could not be placed because of cause, and returns cause; or nil if the
// order is stored after all. If undo fails, the reservation is released when the lease is over.
func (s *Service) undo(ctx context.Context, id int64, cause error) error {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), releaseTimeout) // even if the caller has hung up
	defer cancel()
	r := release{order: id}
	begun, err := s.store.begin(ctx, r)
	switch {
	case err != nil:
		s.logLater(ctx, r, err)
	case begun:
		s.releaseNow(ctx, r)
	default: // the commit succeeded and only its confirmation was lost, unless the lease is over
		if _, missing := s.store.order(ctx, id); missing == nil {
			return nil
		}
	}
	return cause
}

// releaseNow makes an attempt that has begun. If it fails, the next one is made later.
func (s *Service) releaseNow(ctx context.Context, r release) {
	if err := s.release(ctx, r); err != nil {
		s.logLater(ctx, r, err)
	}
}

func (s *Service) logLater(ctx context.Context, r release, err error) {
	s.tel.Log.WarnContext(ctx, "stock not released, trying again later", "order", r.order, "error", err)
}

func (s *Service) release(ctx context.Context, r release) error {
	if err := s.inventory.Release(ctx, r.order); err != nil {
		return err
	}
	return deleteRelease(ctx, s.store.db, r.order)
}

// ReleaseDue releases the stock of orders that were given up, in the background, until stop is called. Several instances may
// do so at once.
func (s *Service) ReleaseDue() (stop func()) {
	ctx, cancel := context.WithCancel(context.Background())
	var releasing sync.WaitGroup
	releasing.Go(func() {
		for ctx.Err() == nil {
			if err := s.releaseDue(ctx); err != nil && ctx.Err() == nil {
				s.tel.Log.WarnContext(ctx, "looking for stock to release", "error", err)
			}
			select {
			case <-ctx.Done():
			case <-time.After(around(lookEvery)):
			}
		}
	})
	return func() { cancel(); releasing.Wait() }
}

func (s *Service) releaseDue(ctx context.Context) error {
	due, err := s.store.due(ctx)
	if err != nil {
		return err
	}
	for _, r := range due {
		begun, err := s.store.begin(ctx, r)
		switch {
		case ctx.Err() != nil:
			return nil
		case err != nil: // the transaction of its order may hold the row, but not those of the others
			s.logLater(ctx, r, err)
		case begun && s.releaseTraced(ctx, r) != nil:
			return nil // the others would probably fail too
		}
	}
	return nil
}

// releaseTraced is releaseNow as a trace of its own.
func (s *Service) releaseTraced(ctx context.Context, r release) error {
	ctx, span := s.tel.Traces.Tracer("spanwise/order").Start(ctx, "release-stock",
		trace.WithAttributes(step.Order(r.order), attribute.Int("shop.attempt", r.attempts+1)))
	defer span.End()
	ctx, cancel := context.WithTimeout(ctx, releaseTimeout)
	defer cancel()
	err := s.release(ctx, r)
	if err != nil {
		span.SetStatus(codes.Error, err.Error())
		s.logLater(ctx, r, err)
	}
	return err
}

// around returns a random time from d/2 to 3d/2, so that instances, and releases of the same outage, do not act all at once.
func around(d time.Duration) time.Duration { return d/2 + rand.N(d) }

// insertRelease notes a release that is due at that time.
func insertRelease(ctx context.Context, q database.Querier, r release, due time.Time) error {
	_, err := database.Exec(ctx, q, "INSERT INTO releases (order_id, due_at, attempts) VALUES ($1, $2, $3)",
		r.order, due.UnixMilli(), r.attempts)
	return err
}

func deleteRelease(ctx context.Context, q database.Querier, order int64) error {
	_, err := database.Exec(ctx, q, "DELETE FROM releases WHERE order_id = $1", order)
	return err
}

// due returns up to a hundred releases that are due.
func (s store) due(ctx context.Context) ([]release, error) {
	ctx, cancel := context.WithTimeout(ctx, storeTimeout)
	defer cancel()
	return database.Query(ctx, s.db, func(r *release) []any { return []any{&r.order, &r.attempts} },
		"SELECT order_id, attempts FROM releases WHERE due_at <= $1 ORDER BY due_at LIMIT 100", time.Now().UnixMilli())
}

// begin reports whether an attempt of a release begins here, and not at another instance. From then on the order cannot be
// stored. If the attempt does not succeed, the release is due again.
func (s store) begin(ctx context.Context, r release) (bool, error) {
	ctx, cancel := context.WithTimeout(ctx, storeTimeout)
	defer cancel()
	n, err := database.Exec(ctx, s.db, "UPDATE releases SET attempts = attempts + 1, due_at = $1 WHERE order_id = $2 AND attempts = $3",
		r.retryAt().UnixMilli(), r.order, r.attempts)
	return n == 1, err
}

// retryAt returns when to try again if the attempt that begins now does not succeed.
func (r release) retryAt() time.Time {
	return time.Now().Add(around(min(firstRetry<<min(r.attempts, 10), lastRetry)))
}
