package order

import (
	"context"
	"log/slog"
	"sync"
	"time"

	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/codes"
	"go.opentelemetry.io/otel/propagation"
	semconv "go.opentelemetry.io/otel/semconv/v1.43.0"
	"go.opentelemetry.io/otel/trace"

	"spanwise/internal/database"
	"spanwise/internal/fault"
	"spanwise/internal/telemetry"
)

// A mail confirms an order to its customer. It is stored in the order's transaction, so that there is one if and only
// if there is an order, and sent when the request is over, so that the customer does not wait for it.
type mail struct {
	order     int64
	recipient string
	cause     propagation.MapCarrier // the trace context and baggage of the request
}

// An outbox sends mails, which here means that it writes them to the log.
type outbox struct {
	store      store
	log        *slog.Logger
	tracer     trace.Tracer
	propagator propagation.TextMapPropagator
	sending    sync.WaitGroup
}

func newOutbox(db *database.DB, tel *telemetry.Telemetry) *outbox {
	return &outbox{store: store{db}, log: tel.Log, tracer: tel.Traces.Tracer("spanwise/order"), propagator: tel.Propagator}
}

// mails returns the mails that the request of ctx wants sent about an order.
func (b *outbox) mails(ctx context.Context, o Order) []mail {
	if fault.Mail.Of(ctx) != "sent" {
		return nil
	}
	cause := propagation.MapCarrier{}
	b.propagator.Inject(ctx, cause)
	return []mail{{o.ID, o.Customer, cause}}
}

// sendAfter sends mails that are stored when ctx, that of the request, has ended.
func (b *outbox) sendAfter(ctx context.Context, mails []mail) {
	for _, m := range mails {
		b.sending.Add(1)
		context.AfterFunc(ctx, func() {
			defer b.sending.Done()
			b.send(m)
		})
	}
}

// send sends a mail that nobody has sent yet. Its span is part of the trace that caused it and says so with a link
// too, as those of messages that are consumed do.
func (b *outbox) send(m mail) {
	ctx := fault.FromBaggage(b.propagator.Extract(context.Background(), m.cause))
	ctx, span := b.tracer.Start(ctx, "send-mail",
		trace.WithSpanKind(trace.SpanKindConsumer), trace.WithLinks(trace.LinkFromContext(ctx)),
		trace.WithAttributes(semconv.MessagingDestinationName("mails"), semconv.MessagingOperationTypeProcess,
			attribute.Int64("shop.order.id", m.order)))
	defer span.End()
	err := database.Tx(ctx, b.store.db, func(tx database.Querier) error {
		first, err := b.store.markSent(ctx, tx, m.order, time.Now())
		if err == nil && first {
			b.log.InfoContext(ctx, "mail", "to", m.recipient, "order", m.order)
		}
		return err
	})
	if err != nil { // it stays in the outbox, and is sent after the next start
		span.SetStatus(codes.Error, err.Error())
		b.log.WarnContext(ctx, "mail not sent", "order", m.order, "error", err)
	}
}

// ResumeMails sends what a process that ended too early left in the outbox. Looking for it is no trace, since mostly there
// is nothing; each mail is sent in the trace that caused it.
func (s *Service) ResumeMails(ctx context.Context) error {
	mails, err := s.store.unsent(ctx)
	if err != nil {
		return err
	}
	for _, m := range mails {
		s.outbox.sending.Go(func() { s.outbox.send(m) })
	}
	return nil
}

// Wait returns when all mails of requests that are over are sent.
func (s *Service) Wait() { s.outbox.sending.Wait() }
