package order

import (
	"context"
	"sync"
	"time"

	"go.opentelemetry.io/otel/codes"
	"go.opentelemetry.io/otel/propagation"
	semconv "go.opentelemetry.io/otel/semconv/v1.43.0"
	"go.opentelemetry.io/otel/trace"

	"spanwise/internal/database"
	"spanwise/internal/step"
	"spanwise/internal/telemetry"
)

// A mail confirms an order to its customer. It is stored in the transaction of the order, so that there is one if and only
// if there is an order, and sent after the answer, so that the customer does not wait for it.
type mail struct {
	order     int64
	recipient string
	cause     propagation.MapCarrier // the trace context and baggage of the request
}

// An outbox sends mails: it only writes them to the log.
type outbox struct {
	store   store
	tel     *telemetry.Telemetry
	sending sync.WaitGroup
}

// mail returns the mail to send about an order; nil if the request does not want one.
func (b *outbox) mail(ctx context.Context, o Order) *mail {
	if !wantsMail(ctx) {
		return nil
	}
	cause := propagation.MapCarrier{}
	b.tel.Propagator.Inject(ctx, cause)
	return &mail{o.ID, o.Customer, cause}
}

// sendAfter sends a mail that is stored, once ctx, the context of the request, has ended.
func (b *outbox) sendAfter(ctx context.Context, m *mail) {
	if m == nil {
		return
	}
	b.sending.Add(1)
	context.AfterFunc(ctx, func() {
		defer b.sending.Done()
		b.send(*m)
	})
}

// send sends a mail unless it was sent before, here or elsewhere. It is sent at least once, and twice only if the commit fails
// that marks it as sent: a real mailer would pass on the number of the order, so that the other side can leave out the second. Its
// span is part of the trace of the request that caused it, and has a link to it, as the spans of consumed messages have.
func (b *outbox) send(m mail) {
	ctx := b.resume(m)
	ctx, span := b.tel.Traces.Tracer("spanwise/order").Start(ctx, "send-mail",
		trace.WithSpanKind(trace.SpanKindConsumer), trace.WithLinks(trace.LinkFromContext(ctx)),
		trace.WithAttributes(semconv.MessagingDestinationName("mails"), semconv.MessagingOperationTypeProcess,
			step.Order(m.order)))
	defer span.End()
	ctx, cancel := context.WithTimeout(ctx, storeTimeout)
	defer cancel()
	err := database.Tx(ctx, b.store.db, func(tx database.Querier) error {
		first, err := markSent(ctx, tx, m.order, time.Now())
		if err == nil && first {
			b.tel.Log.InfoContext(ctx, "mail", "to", m.recipient, "order", m.order)
		}
		return err
	})
	if err != nil { // the mail stays in the outbox and is sent later
		span.SetStatus(codes.Error, err.Error())
		b.tel.Log.WarnContext(ctx, "mail not sent", "order", m.order, "error", err)
	}
}

// SendMails sends the mails that other instances, or earlier processes, have left in the outbox, in the background, until stop
// is called. Several instances may do so at once. The search is not traced, since mostly there are none; each mail is sent in
// the trace of the request that caused it.
func (s *Service) SendMails() (stop func()) {
	return s.repeat("looking for mails to send", s.sendMails)
}

func (s *Service) sendMails(ctx context.Context) error {
	mails, err := s.store.unsent(ctx, time.Now().Add(-lease)) // the instances that stored the others are probably sending them
	if err != nil {
		return err
	}
	for _, m := range mails {
		if ctx.Err() != nil {
			return nil
		}
		s.outbox.send(m)
	}
	return nil
}

// Wait returns when the mails of all finished requests are sent.
func (s *Service) Wait() { s.outbox.sending.Wait() }

// insertMail puts a mail into the outbox, in the transaction of its order.
func insertMail(ctx context.Context, tx database.Querier, m *mail) error {
	if m == nil {
		return nil
	}
	ctx = database.HideParameters(ctx) // the baggage is that of the lab
	_, err := database.Exec(ctx, tx, "INSERT INTO mails (order_id, recipient, traceparent, baggage) VALUES ($1, $2, $3, $4)",
		m.order, m.recipient, m.cause.Get("traceparent"), m.cause.Get("baggage"))
	return err
}

// unsent returns up to a hundred mails in the outbox, about orders from before that time.
func (s store) unsent(ctx context.Context, before time.Time) ([]mail, error) {
	ctx, cancel := context.WithTimeout(ctx, storeTimeout)
	defer cancel()
	type row struct {
		mail
		traceparent, baggage string
	}
	rows, err := database.Query(ctx, s.db, func(r *row) []any { return []any{&r.order, &r.recipient, &r.traceparent, &r.baggage} },
		"SELECT order_id, recipient, traceparent, baggage FROM mails JOIN orders ON orders.id = mails.order_id"+
			" WHERE sent_at IS NULL AND orders.created_at <= $1 ORDER BY order_id LIMIT 100", before.UnixMilli())
	mails := make([]mail, len(rows))
	for i, r := range rows {
		mails[i] = r.mail
		mails[i].cause = propagation.MapCarrier{"traceparent": r.traceparent, "baggage": r.baggage}
	}
	return mails, err
}

// markSent marks the mail of an order as sent, and reports whether it was not marked before.
func markSent(ctx context.Context, tx database.Querier, order int64, at time.Time) (first bool, err error) {
	n, err := database.Exec(ctx, tx, "UPDATE mails SET sent_at = $1 WHERE order_id = $2 AND sent_at IS NULL", at.UnixMilli(), order)
	return n == 1, err
}
