// Package inventory manages the shop's stock: how many of each product are left, and what is reserved for which order.
// [New] returns the service on top of a database, [NewServer] its API, [NewClient] the same API as other services see it.
package inventory

import (
	"context"
	"slices"
	"strings"

	"spanwise/internal/database"
	"spanwise/internal/problem"
)

// The limits of one order.
const (
	MaxLines    = 1000
	MaxQuantity = 1000
)

// Stock is how many of a product can still be sold.
type Stock struct {
	SKU       string `json:"sku"`
	Available int    `json:"available"`
}

// A Line is a product and how many of it.
type Line struct {
	SKU      string `json:"sku"`
	Quantity int    `json:"quantity"`
}

// SKUs returns the products of lines.
func SKUs(lines []Line) []string {
	skus := make([]string, len(lines))
	for i, l := range lines {
		skus[i] = l.SKU
	}
	return skus
}

// A Reservation holds stock for an order.
type Reservation struct {
	Order int64  `json:"order"`
	Lines []Line `json:"lines"`
}

// CheckLines returns a problem that names the first invalid line of an order.
func CheckLines(lines []Line) error {
	if len(lines) == 0 || len(lines) > MaxLines {
		return problem.Invalid("an order has 1 to %d lines, not %d", MaxLines, len(lines))
	}
	seen := make(map[string]bool, len(lines))
	for _, l := range lines {
		switch {
		case l.SKU == "":
			return problem.Invalid("a line needs a sku, for example {\"sku\":\"sku-7\",\"quantity\":2}")
		case l.Quantity < 1 || l.Quantity > MaxQuantity:
			return problem.Invalid("%.80s: quantity must be from 1 to %d, not %d", l.SKU, MaxQuantity, l.Quantity)
		case seen[l.SKU]:
			return problem.Invalid("%.80s appears twice: add up the quantities", l.SKU)
		}
		seen[l.SKU] = true
	}
	return nil
}

// A Service manages stock and reservations. It is safe for concurrent use.
type Service struct{ store slowStore }

// New returns the service whose data is in db, which must have been opened with [Migrations].
func New(db *database.DB) *Service { return &Service{slowStore{store{db}}} }

// Stock returns the stock of each product, in the order of skus. An unknown product is an error ([problem.NotFound]).
func (s *Service) Stock(ctx context.Context, skus []string) ([]Stock, error) {
	if len(skus) == 0 || len(skus) > MaxLines {
		return nil, problem.Invalid("ask for 1 to %d products, as in /stock?sku=sku-1&sku=sku-2", MaxLines)
	}
	found, err := s.store.stock(ctx, skus)
	if err != nil {
		return nil, err
	}
	return InOrder(skus, found, func(s Stock) string { return s.SKU })
}

// InOrder returns what was found of each product, in the order of skus. A product that was not found is an error.
func InOrder[T any](skus []string, found []T, sku func(T) string) ([]T, error) {
	bySKU := make(map[string]T, len(found))
	for _, f := range found {
		bySKU[sku(f)] = f
	}
	all := make([]T, len(skus))
	for i, sku := range skus {
		f, ok := bySKU[sku]
		if !ok {
			return nil, unknown(sku)
		}
		all[i] = f
	}
	return all, nil
}

// Reserve takes all lines of a reservation out of the stock, or none. It is idempotent. A product that is sold out, or an
// order that was released before, is an error ([problem.Conflict]).
func (s *Service) Reserve(ctx context.Context, r Reservation) error {
	if r.Order < 1 {
		return problem.Invalid("a reservation needs the number of its order, for example {\"order\":1001,\"lines\":[…]}")
	}
	if err := CheckLines(r.Lines); err != nil {
		return err
	}
	r.Lines = slices.SortedFunc(slices.Values(r.Lines), func(a, b Line) int { return strings.Compare(a.SKU, b.SKU) })
	return s.store.reserve(ctx, r)
}

// Release returns what is reserved for an order to the stock. It is idempotent, and final: a reservation of that order
// that was delayed on its way and arrives later is refused.
func (s *Service) Release(ctx context.Context, order int64) error {
	return s.store.release(ctx, order)
}

func unknown(sku string) error {
	return problem.NotFound("no such product: %.80s", sku)
}
