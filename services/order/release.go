package order

import (
	"context"
	"math"
	"time"

	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/codes"
	"go.opentelemetry.io/otel/trace"

	"spanwise/internal/database"
	"spanwise/internal/step"
)

// The reservation of an order that is given up is released, even if this process or another one dies, at any moment:
//
//   - Before stock is reserved, the table releases gets a row for the order, which is due when the lease is over: its claim.
//   - The transaction that stores the order deletes the row, and fails if the release has begun. So there is one or the other.
//   - The transaction that cancels an order inserts the row again.
//   - Any instance releases what is due. A release is idempotent, and final: a reservation that arrives later is refused.
const (
	// lease is how long storing an order may take, from before its reservation. A call has 15 s, and the commit storeTimeout.
	lease = 30 * time.Second
	// storeTimeout bounds what no request bounds: the transaction that stores an order, and statements about releases and mails.
	storeTimeout = 10 * time.Second
	// releaseTimeout bounds one attempt of a release that no request makes.
	releaseTimeout = 20 * time.Second
	// firstRetry is the time between the first two attempts. It doubles with each attempt, up to lastRetry.
	firstRetry = 5 * time.Second
	lastRetry  = time.Minute
)

// whenever is after every time at which a release is due.
var whenever = time.UnixMilli(math.MaxInt64)

// A release is a reservation to release.
type release struct {
	order    int64
	attempts int // that have begun; 0 while the order can still be stored
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
	return s.repeat("looking for stock to release", s.releaseDue)
}

func (s *Service) releaseDue(ctx context.Context) error {
	due, err := s.store.due(ctx)
	if err != nil {
		return err
	}
	for _, r := range due {
		begun, err := s.store.begin(ctx, r, time.Now())
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

// begin reports whether an attempt of a release that was due by then begins here, and not at another instance. From then on the
// order cannot be stored, and its key can be used again. If the attempt does not succeed, the release is due again.
func (s store) begin(ctx context.Context, r release, due time.Time) (bool, error) {
	ctx, cancel := context.WithTimeout(ctx, storeTimeout)
	defer cancel()
	n, err := database.Exec(ctx, s.db, "UPDATE releases SET attempts = attempts + 1, due_at = $1, idempotency_key = NULL"+
		" WHERE order_id = $2 AND attempts = $3 AND due_at <= $4",
		r.retryAt().UnixMilli(), r.order, r.attempts, due.UnixMilli())
	return n == 1, err
}

// retryAt returns when to try again if the attempt that begins now does not succeed.
func (r release) retryAt() time.Time {
	return time.Now().Add(around(min(firstRetry<<min(r.attempts, 10), lastRetry)))
}
