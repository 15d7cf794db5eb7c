// Package order is the shop's public edge: it places orders, cancels them, and shows them with stock and prices. [New]
// returns the service on top of a database and the two other services, [NewServer] its API.
package order

import (
	"context"
	"time"

	"go.opentelemetry.io/otel/attribute"

	"spanwise/internal/database"
	"spanwise/internal/problem"
	"spanwise/internal/rest"
	"spanwise/internal/step"
	"spanwise/internal/telemetry"
	"spanwise/inventory"
	"spanwise/pricing"
)

// The states of an order.
const (
	Placed    = "placed"
	Cancelled = "cancelled"
	Delivered = "delivered" // the seeded orders; too late to cancel
)

// An Order is what a customer bought.
type Order struct {
	ID        int64            `json:"id"`
	Customer  string           `json:"customer"`
	Status    string           `json:"status"`
	CreatedAt time.Time        `json:"created_at"`
	Charged   *pricing.Money   `json:"charged,omitempty"` // as quoted when the order was placed; seeded orders have none
	Lines     []inventory.Line `json:"lines"`
}

// attributes describe the order in spans.
func (o Order) attributes() []attribute.KeyValue {
	return []attribute.KeyValue{step.Order(o.ID), step.Customer(o.Customer), step.Lines(len(o.Lines))}
}

// A View is an order with the stock and prices of today.
type View struct {
	Order
	Lines         []ViewLine    `json:"lines"`
	Total         pricing.Money `json:"total"`          // at today's prices, without discounts and tax
	TotalExcludes []string      `json:"total_excludes"` // says so, because charged, which includes both, is next to it
}

var totalExcludes = []string{"discounts", "tax"}

// A ViewLine is a line of a View.
type ViewLine struct {
	inventory.Line
	Available int           `json:"available"`
	Price     pricing.Money `json:"price"`
	Total     pricing.Money `json:"total"`
}

// A Service places, shows and cancels orders. It is safe for concurrent use.
type Service struct {
	slowFetcher
	store  slowStore
	outbox *outbox
	tel    *telemetry.Telemetry
}

// New returns the service whose data is in db, which must have been opened with [Migrations]. The caller calls
// [Service.Wait] before it closes db, for the mails that are being sent.
func New(db *database.DB, stock *inventory.Client, prices *pricing.Client, tel *telemetry.Telemetry) *Service {
	return &Service{
		slowFetcher: slowFetcher{fetcher{stock, prices}}, store: slowStore{store{db}},
		outbox: &outbox{store: store{db}, tel: tel}, tel: tel,
	}
}

// Get returns an order with the stock and prices of today.
func (s *Service) Get(ctx context.Context, id int64) (View, error) {
	o, err := s.order(ctx, id)
	if err != nil {
		return View{}, err
	}
	details, err := s.fetch(ctx, o.Lines)
	if err != nil {
		return View{}, err
	}
	v := View{Order: o, Lines: make([]ViewLine, len(o.Lines)), Total: pricing.Euros(0), TotalExcludes: totalExcludes}
	for i, l := range o.Lines {
		total := pricing.Euros(details[i].price.Cents * int64(l.Quantity))
		v.Lines[i] = ViewLine{Line: l, Available: details[i].available, Price: details[i].price, Total: total}
		v.Total.Cents += total.Cents
	}
	step.Describe(ctx, step.Total(v.Total.Cents))
	return v, nil
}

// order reads an order, which then describes the span of ctx too.
func (s *Service) order(ctx context.Context, id int64) (o Order, err error) {
	reading, end := step.Start(ctx, "fetch-order", step.Order(id))
	defer end(&err)
	if o, err = s.store.order(reading, id); err == nil {
		step.Describe(reading, o.attributes()...)
		step.Describe(ctx, o.attributes()...)
	}
	return o, err
}

// Quote returns what an order would cost if it were placed today, with discounts and tax.
func (s *Service) Quote(ctx context.Context, id int64) (pricing.Quote, error) {
	o, err := s.order(ctx, id)
	if err != nil {
		return pricing.Quote{}, err
	}
	q, err := s.quote(ctx, o.Lines)
	if err == nil {
		step.Describe(ctx, step.Total(q.Total.Cents))
	}
	return q, err
}

func (s *Service) quote(ctx context.Context, lines []inventory.Line) (q pricing.Quote, err error) {
	ctx, end := step.Start(ctx, "calculate-price", step.Lines(len(lines)))
	defer end(&err)
	if q, err = s.pricing.Quote(ctx, lines); err == nil {
		step.Describe(ctx, step.Total(q.Total.Cents))
	}
	return q, err
}

// List returns up to limit orders whose number is greater than after, of one customer if customer is not empty.
func (s *Service) List(ctx context.Context, customer string, after int64, limit int) ([]Order, error) {
	orders, err := s.store.list(ctx, customer, after, limit)
	if err != nil {
		return nil, err
	}
	return orders, s.store.addLines(ctx, orders)
}

// Search returns up to limit orders, newest first, whose customer's name contains q or that contain the product q.
func (s *Service) Search(ctx context.Context, q string, limit int) ([]Order, error) {
	if q == "" {
		return nil, problem.Invalid("say what to search for, as in /orders/search?q=ada or ?q=sku-7")
	}
	orders, err := s.store.search(ctx, q, limit)
	if err != nil {
		return nil, err
	}
	return orders, s.store.addLines(ctx, orders)
}

// Cancel cancels an order and returns its stock; if the inventory cannot be reached, later. It is idempotent.
func (s *Service) Cancel(ctx context.Context, id int64) (Order, error) {
	first, err := s.store.cancel(ctx, id)
	if err != nil {
		return Order{}, err
	}
	if first {
		ctx, done := rest.Finish(ctx) // even if the caller leaves now
		defer done()
		s.releaseNow(ctx, release{order: id, attempts: 1})
	}
	o, err := s.order(ctx, id)
	if err != nil {
		return Order{}, err
	}
	if o.Status != Cancelled {
		return Order{}, problem.Conflict("order %d is %s and cannot be cancelled", id, o.Status)
	}
	return o, nil
}
