package order

import (
	"context"
	"time"

	"go.opentelemetry.io/otel/propagation"

	"spanwise/internal/database"
)

// insertMails puts mails into the outbox, in the transaction of what they are about.
func insertMails(ctx context.Context, tx database.Querier, mails []mail) error {
	for _, m := range mails {
		_, err := database.Exec(ctx, tx, "INSERT INTO mails (order_id, recipient, traceparent, baggage) VALUES ($1, $2, $3, $4)",
			m.order, m.recipient, m.cause.Get("traceparent"), m.cause.Get("baggage"))
		if err != nil {
			return err
		}
	}
	return nil
}

// unsent returns the mails that wait in the outbox.
func (s store) unsent(ctx context.Context) ([]mail, error) {
	type row struct {
		mail
		traceparent, baggage string
	}
	rows, err := database.Query(ctx, s.db, func(r *row) []any { return []any{&r.order, &r.recipient, &r.traceparent, &r.baggage} },
		"SELECT order_id, recipient, traceparent, baggage FROM mails WHERE sent_at IS NULL ORDER BY order_id")
	mails := make([]mail, len(rows))
	for i, r := range rows {
		mails[i] = r.mail
		mails[i].cause = propagation.MapCarrier{"traceparent": r.traceparent, "baggage": r.baggage}
	}
	return mails, err
}

// markSent marks an order's mail as sent, and reports whether it was not yet.
func (s store) markSent(ctx context.Context, tx database.Querier, order int64, at time.Time) (first bool, err error) {
	n, err := database.Exec(ctx, tx, "UPDATE mails SET sent_at = $1 WHERE order_id = $2 AND sent_at IS NULL", at.UnixMilli(), order)
	return n == 1, err
}
