// Package pricing knows what products cost: one, many, or a whole order with discount and tax.
// [New] makes the service over a database and the inventory, [NewServer] its API, [NewClient] the same API from outside.
package pricing

import (
	"context"
	"iter"
	"net/http"

	"spanwise/internal/database"
	"spanwise/internal/problem"
	"spanwise/inventory"
	"spanwise/pricing/cache"
)

// Currency is what every price is in.
const Currency = "EUR"

// scarce is the stock below which a product gets no discount.
const scarce = 10

// Money is an amount in whole cents.
type Money struct {
	Cents    int64  `json:"cents"`
	Currency string `json:"currency"`
}

// Euros returns an amount of that many cents.
func Euros(cents int64) Money { return Money{cents, Currency} }

// Price is what one of a product costs, tax and discounts aside.
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

// A QuotedLine is a line of an order with what it costs: quantity times unit, less discount, plus tax.
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

// A Stocker tells how many of products are left; an inventory.Client is one.
type Stocker interface {
	Stock(ctx context.Context, skus []string) ([]inventory.Stock, error)
}

// A Service is the pricing. It is safe for concurrent use.
type Service struct {
	store     store
	prices    *cached
	inventory Stocker
}

// New returns the pricing kept in db, which must have been opened with [Migrations]. Prices may be kept in the cache too.
func New(db *database.DB, inventory Stocker, prices cache.Cache) *Service {
	return &Service{store{db}, &cached{store: store{db}, cache: prices}, withFallback{inventory}}
}

// Prices returns the price of each product, in the order asked. One that does not exist is a 404.
func (s *Service) Prices(ctx context.Context, skus []string) ([]Price, error) {
	if len(skus) == 0 || len(skus) > inventory.MaxLines {
		return nil, problem.New(http.StatusBadRequest, "ask for 1 to %d products, as in /prices?sku=sku-1&sku=sku-2", inventory.MaxLines)
	}
	products, err := s.priced(ctx, skus)
	if err != nil {
		return nil, err
	}
	prices := make([]Price, len(products))
	for i, p := range products {
		prices[i] = Price{p.sku, Euros(p.cents)}
	}
	return prices, nil
}

// priced returns what the store knows of each product, in the order asked.
func (s *Service) priced(ctx context.Context, skus []string) ([]priced, error) {
	found, err := s.prices.priced(ctx, skus)
	if err != nil {
		return nil, err
	}
	bySKU := make(map[string]priced, len(found))
	for _, p := range found {
		bySKU[p.sku] = p
	}
	all := make([]priced, len(skus))
	for i, sku := range skus {
		p, ok := bySKU[sku]
		if !ok {
			return nil, problem.New(http.StatusNotFound, "no such product: %.80s", sku)
		}
		all[i] = p
	}
	return all, nil
}

// Products returns a page of the catalogue, as it is read: products whose name contains q, from the one after that SKU on.
func (s *Service) Products(ctx context.Context, q, after string, limit int) iter.Seq2[Product, error] {
	return s.store.search(ctx, q, after, limit)
}

// Named returns a page of the products of that name, in whatever case, from the one after that SKU on.
func (s *Service) Named(ctx context.Context, name, after string, limit int) iter.Seq2[Product, error] {
	return s.store.named(ctx, name, after, limit)
}
