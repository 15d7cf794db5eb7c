package order

import (
	"context"
	"iter"

	"golang.org/x/sync/errgroup"

	"spanwise/internal/step"
	"spanwise/inventory"
	"spanwise/pricing"
)

// A fetcher gets from the other services what they know of the products of an order.
type fetcher struct {
	inventory *inventory.Client
	pricing   *pricing.Client
}

// A detail is what the other services know of the product of a line.
type detail struct {
	available int
	price     pricing.Money
}

// fetch asks inventory and pricing for all lines, with one call each, in parallel.
func (f fetcher) fetch(ctx context.Context, lines []inventory.Line) ([]detail, error) {
	details := make([]detail, len(lines))
	g, ctx := errgroup.WithContext(ctx)
	g.Go(func() error { return f.checkInventory(ctx, lines, details) })
	g.Go(func() error { return f.calculatePrice(ctx, lines, details) })
	return details, g.Wait()
}

func (f fetcher) checkInventory(ctx context.Context, lines []inventory.Line, details []detail) (err error) {
	ctx, end := step.Start(ctx, "check-inventory", step.Lines(len(lines)))
	defer end(&err)
	return f.stock(ctx, lines, details)
}

func (f fetcher) calculatePrice(ctx context.Context, lines []inventory.Line, details []detail) (err error) {
	ctx, end := step.Start(ctx, "calculate-price", step.Lines(len(lines)))
	defer end(&err)
	return f.prices(ctx, lines, details)
}

func (f fetcher) stock(ctx context.Context, lines []inventory.Line, details []detail) error {
	stock, err := f.inventory.Stock(ctx, inventory.SKUs(lines))
	for i, s := range stock {
		details[i].available = s.Available
	}
	return err
}

func (f fetcher) prices(ctx context.Context, lines []inventory.Line, details []detail) error {
	prices, err := f.pricing.Prices(ctx, inventory.SKUs(lines))
	for i, p := range prices {
		details[i].price = p.Price
	}
	return err
}

// Catalogue returns the products whose name contains q, in pages of that size. It ends with the first error.
func (s *Service) Catalogue(ctx context.Context, q string, size int) iter.Seq2[[]pricing.Product, error] {
	return func(yield func([]pricing.Product, error) bool) {
		for after, more := "", true; more; {
			var page []pricing.Product
			var err error
			page, more, err = s.pricing.Products(ctx, q, after, size)
			if !yield(page, err) || err != nil {
				return
			}
			if more {
				after = page[len(page)-1].SKU
			}
		}
	}
}
