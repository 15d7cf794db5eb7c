// Package pricing knows what products cost: one, many, or a whole order with discounts and tax.
// [New] returns the service on top of a database and the inventory, [NewServer] its API, [NewClient] the same API as other
// services see it.
package pricing

import (
	"context"

	"spanwise/internal/database"
	"spanwise/internal/problem"
	"spanwise/inventory"
	"spanwise/pricing/cache"
)

// Currency is the currency of every price.
const Currency = "EUR"

// Money is an amount in whole cents.
type Money struct {
	Cents    int64  `json:"cents"`
	Currency string `json:"currency"`
}

// Euros returns an amount of that many cents.
func Euros(cents int64) Money { return Money{cents, Currency} }

// Price is the unit price of a product, without discounts and tax.
type Price struct {
	SKU   string `json:"sku"`
	Price Money  `json:"price"`
}

// A Product is an entry of the catalogue.
type Product struct {
	SKU         string `json:"sku"`
	Name        string `json:"name,omitempty"`
	Description string `json:"description,omitempty"`
	TaxClass    string `json:"tax_class,omitempty"`
	Price       Money  `json:"price"`
}

// A QuotedLine is a line of an order with its price: quantity times unit price, less discount, plus tax.
type QuotedLine struct {
	inventory.Line
	Unit     Money `json:"unit"`
	Discount Money `json:"discount"`
	Tax      Money `json:"tax"`
	Total    Money `json:"total"`
}

// A Quote is what an order costs.
type Quote struct {
	Lines    []QuotedLine `json:"lines"`
	Discount Money        `json:"discount"`
	Tax      Money        `json:"tax"`
	Total    Money        `json:"total"`
}

// A Stocker reports how much stock each product has left, in the order of skus; an inventory.Client is one.
type Stocker interface {
	Stock(ctx context.Context, skus []string) ([]inventory.Stock, error)
}

// A Service prices products and quotes orders. It is safe for concurrent use.
type Service struct {
	store     slowStore
	inventory Stocker
	cache     cache.Cache
}

// New returns the service whose data is in db, which must have been opened with [Migrations]. Only requests that ask for a
// cache use it.
func New(db *database.DB, stock Stocker, c cache.Cache) *Service {
	return &Service{newSlowStore(store{db}, c), withFallback{stock}, c}
}

// Prices returns the price of each product, in the order of skus. An unknown product is an error ([problem.NotFound]).
func (s *Service) Prices(ctx context.Context, skus []string) ([]Price, error) {
	if len(skus) == 0 || len(skus) > inventory.MaxLines {
		return nil, problem.Invalid("ask for 1 to %d products, as in /prices?sku=sku-1&sku=sku-2", inventory.MaxLines)
	}
	products, err := s.priced(ctx, skus)
	if err != nil {
		return nil, err
	}
	prices := make([]Price, len(products))
	for i, p := range products {
		prices[i] = Price{p.SKU, Euros(p.Cents)}
	}
	return prices, nil
}

// priced returns what the store knows of each product, in the order of skus.
func (s *Service) priced(ctx context.Context, skus []string) ([]priced, error) {
	found, err := s.store.priced(ctx, skus)
	if err != nil {
		return nil, err
	}
	return inventory.InOrder(skus, found, func(p priced) string { return p.SKU })
}

// Products returns up to limit products whose name contains q and whose SKU is greater than after.
func (s *Service) Products(ctx context.Context, q, after string, limit int) ([]Product, error) {
	return s.store.products(ctx, nameContains, database.Containing(q), after, limit)
}

// Named returns up to limit products of that name, in any case, whose SKU is greater than after.
func (s *Service) Named(ctx context.Context, name, after string, limit int) ([]Product, error) {
	return s.store.products(ctx, nameIs, name, after, limit)
}
