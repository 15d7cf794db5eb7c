// Package order is the shop's public edge: it places orders, cancels them, and shows them with what is in
// stock and what things cost. [New] makes the service over a database and the two other services, [NewServer] its API.
package order

import (
	"context"
	"net/http"
	"time"

	"spanwise/internal/database"
	"spanwise/internal/problem"
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

// An Order is what was bought.
type Order struct {
	ID        int64            `json:"id"`
	Customer  string           `json:"customer"`
	Status    string           `json:"status"`
	CreatedAt time.Time        `json:"created_at"`
	Charged   *pricing.Money   `json:"charged,omitempty"` // as quoted when it was placed; seeded orders have none
	Lines     []inventory.Line `json:"lines"`
}

// A View is an order as it stands today: what is left of each of its products, and what it would cost now.
type View struct {
	Order
	Lines []ViewLine    `json:"lines"`
	Total pricing.Money `json:"total"` // at today's prices, discounts and tax aside
}

// A ViewLine is a line of a View.
type ViewLine struct {
	inventory.Line
	Available int           `json:"available"`
	Price     pricing.Money `json:"price"`
	Total     pricing.Money `json:"total"`
}

// A Service is the orders. It is safe for concurrent use.
type Service struct {
	store     store
	inventory *inventory.Client
	pricing   *pricing.Client
	outbox    *outbox
	placing   keyedLock
}

// New returns the orders kept in db, which must have been opened with [Migrations]. Whoever closes db calls
// [Service.Wait] before, for the mails under way.
func New(db *database.DB, stock *inventory.Client, prices *pricing.Client, tel *telemetry.Telemetry) *Service {
	return &Service{store: store{db}, inventory: stock, pricing: prices, outbox: newOutbox(db, tel)}
}

// Get returns an order as it stands today.
func (s *Service) Get(ctx context.Context, id int64) (View, error) {
	o, err := s.store.order(ctx, id)
	if err != nil {
		return View{}, err
	}
	details, err := s.fetch(ctx, o.Lines)
	if err != nil {
		return View{}, err
	}
	v := View{Order: o, Lines: make([]ViewLine, len(o.Lines)), Total: pricing.Euros(0)}
	for i, l := range o.Lines {
		total := pricing.Euros(details[i].price.Cents * int64(l.Quantity))
		v.Lines[i] = ViewLine{Line: l, Available: details[i].available, Price: details[i].price, Total: total}
		v.Total.Cents += total.Cents
	}
	return v, nil
}

// Quote returns what an order would cost if it were placed today, discounts and tax included.
func (s *Service) Quote(ctx context.Context, id int64) (pricing.Quote, error) {
	o, err := s.store.order(ctx, id)
	if err != nil {
		return pricing.Quote{}, err
	}
	return s.pricing.Quote(ctx, o.Lines)
}

// List returns up to limit orders with a number above after, of one customer if one is given.
func (s *Service) List(ctx context.Context, customer string, after int64, limit int) ([]Order, error) {
	return s.store.list(ctx, customer, after, limit)
}

// Search returns up to limit orders, newest first, whose customer's name contains q or that hold the product q.
func (s *Service) Search(ctx context.Context, q string, limit int) ([]Order, error) {
	if q == "" {
		return nil, problem.New(http.StatusBadRequest, "say what to search for, as in /orders/search?q=ada or ?q=sku-7")
	}
	return s.store.search(ctx, q, limit)
}

// Cancel cancels an order and returns its stock. Doing it again changes nothing, and returns the stock if an
// earlier try could not.
func (s *Service) Cancel(ctx context.Context, id int64) (Order, error) {
	if err := s.store.cancel(ctx, id); err != nil {
		return Order{}, err
	}
	ctx, done := context.WithTimeout(context.WithoutCancel(ctx), keepTimeout) // a caller that leaves now must not keep the stock
	defer done()
	o, err := s.store.order(ctx, id)
	if err != nil {
		return Order{}, err
	}
	if o.Status != Cancelled {
		return Order{}, problem.New(http.StatusConflict, "order %d is %s and cannot be cancelled", id, o.Status)
	}
	return o, s.release(ctx, id)
}
