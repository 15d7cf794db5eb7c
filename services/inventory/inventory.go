// Package inventory keeps the shop's stock: how many of each product are left, and which are reserved for
// which order. [New] makes the service over a database, [NewServer] its API, [NewClient] the same API from outside.
package inventory

import (
	"context"
	"net/http"
	"slices"
	"strings"

	"spanwise/internal/database"
	"spanwise/internal/problem"
)

// What one order may hold.
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

// A Reservation holds stock for an order.
type Reservation struct {
	Order int64  `json:"order"`
	Lines []Line `json:"lines"`
}

// CheckLines returns a problem that names the first line that no order may have.
func CheckLines(lines []Line) error {
	if len(lines) == 0 || len(lines) > MaxLines {
		return problem.New(http.StatusBadRequest, "an order has 1 to %d lines, not %d", MaxLines, len(lines))
	}
	seen := make(map[string]bool, len(lines))
	for _, l := range lines {
		switch {
		case l.SKU == "":
			return problem.New(http.StatusBadRequest, "a line needs a sku, for example {\"sku\":\"sku-7\",\"quantity\":2}")
		case l.Quantity < 1 || l.Quantity > MaxQuantity:
			return problem.New(http.StatusBadRequest, "%.80s: quantity must be from 1 to %d, not %d", l.SKU, MaxQuantity, l.Quantity)
		case seen[l.SKU]:
			return problem.New(http.StatusBadRequest, "%.80s is there twice: add the quantities up", l.SKU)
		}
		seen[l.SKU] = true
	}
	return nil
}

// A Service is the inventory. It is safe for concurrent use.
type Service struct{ store store }

// New returns the inventory kept in db, which must have been opened with [Migrations].
func New(db *database.DB) *Service { return &Service{store{db}} }

// Stock returns the stock of each product, in the order asked. One that does not exist is a 404.
func (s *Service) Stock(ctx context.Context, skus []string) ([]Stock, error) {
	if len(skus) == 0 || len(skus) > MaxLines {
		return nil, problem.New(http.StatusBadRequest, "ask for 1 to %d products, as in /stock?sku=sku-1&sku=sku-2", MaxLines)
	}
	found, err := s.store.stock(ctx, skus)
	if err != nil {
		return nil, err
	}
	bySKU := make(map[string]Stock, len(found))
	for _, f := range found {
		bySKU[f.SKU] = f
	}
	all := make([]Stock, len(skus))
	for i, sku := range skus {
		stock, ok := bySKU[sku]
		if !ok {
			return nil, unknown(sku)
		}
		all[i] = stock
	}
	return all, nil
}

// Reserve takes all lines of a reservation out of the stock, or none. Doing it again changes nothing.
// What is sold out, and an order that was released before, is a 409.
func (s *Service) Reserve(ctx context.Context, r Reservation) error {
	if r.Order < 1 {
		return problem.New(http.StatusBadRequest, "a reservation needs the number of its order, for example {\"order\":1001,\"lines\":[…]}")
	}
	if err := CheckLines(r.Lines); err != nil {
		return err
	}
	r.Lines = slices.SortedFunc(slices.Values(r.Lines), func(a, b Line) int { return strings.Compare(a.SKU, b.SKU) })
	return s.store.reserve(ctx, r)
}

// Release puts what is reserved for an order back into the stock. An order is released for good: a
// reservation that arrives after it, delayed on its way, is refused. Doing it again changes nothing.
func (s *Service) Release(ctx context.Context, order int64) error {
	return s.store.release(ctx, order)
}

func unknown(sku string) error {
	return problem.New(http.StatusNotFound, "no such product: %.80s", sku)
}
