package order

import (
	"context"

	"golang.org/x/sync/errgroup"

	"spanwise/internal/fault"
	"spanwise/inventory"
	"spanwise/pricing"
)

// fanOut bounds how many calls of one kind a request has under way at once.
const fanOut = 8

// A detail is what the other services know of a line's product.
type detail struct {
	available int
	price     pricing.Money
}

// fetch asks inventory and pricing about the lines' products, in the way the request chose.
func (s *Service) fetch(ctx context.Context, lines []inventory.Line) ([]detail, error) {
	details := make([]detail, len(lines))
	switch fault.Fetch.Of(ctx) {
	case "each":
		return details, s.fetchEach(ctx, lines, details)
	case "parallel":
		return details, s.fetchParallel(ctx, lines, details)
	}
	return details, s.fetchBatch(ctx, lines, details)
}

// fetchBatch makes one call to each service.
func (s *Service) fetchBatch(ctx context.Context, lines []inventory.Line, details []detail) error {
	skus := make([]string, len(lines))
	for i, l := range lines {
		skus[i] = l.SKU
	}
	return both(ctx,
		func(ctx context.Context) error {
			stock, err := s.inventory.Stock(ctx, skus)
			for i, st := range stock {
				details[i].available = st.Available
			}
			return err
		},
		func(ctx context.Context) error {
			prices, err := s.pricing.Prices(ctx, skus)
			for i, p := range prices {
				details[i].price = p.Price
			}
			return err
		})
}

// fetchParallel makes one call a line to each service, a few at a time.
func (s *Service) fetchParallel(ctx context.Context, lines []inventory.Line, details []detail) error {
	return both(ctx,
		func(ctx context.Context) error {
			return forEach(ctx, lines, func(ctx context.Context, i int) error { return s.fetchStock(ctx, lines[i].SKU, &details[i]) })
		},
		func(ctx context.Context) error {
			return forEach(ctx, lines, func(ctx context.Context, i int) error { return s.fetchPrice(ctx, lines[i].SKU, &details[i]) })
		})
}

// fetchEach makes one call a line to each service, one after another: the loop that an ORM or a hurry writes.
func (s *Service) fetchEach(ctx context.Context, lines []inventory.Line, details []detail) error {
	for i, l := range lines {
		if err := s.fetchStock(ctx, l.SKU, &details[i]); err != nil {
			return err
		}
		if err := s.fetchPrice(ctx, l.SKU, &details[i]); err != nil {
			return err
		}
	}
	return nil
}

func (s *Service) fetchStock(ctx context.Context, sku string, d *detail) error {
	stock, err := s.inventory.One(ctx, sku)
	d.available = stock.Available
	return err
}

func (s *Service) fetchPrice(ctx context.Context, sku string, d *detail) error {
	price, err := s.pricing.One(ctx, sku)
	d.price = price.Price
	return err
}

// both runs two calls side by side, or one after the other if the request chose so.
func both(ctx context.Context, first, second func(context.Context) error) error {
	if fault.Calls.Of(ctx) == "serial" {
		if err := first(ctx); err != nil {
			return err
		}
		return second(ctx)
	}
	g, ctx := errgroup.WithContext(ctx)
	g.Go(func() error { return first(ctx) })
	g.Go(func() error { return second(ctx) })
	return g.Wait()
}

// forEach runs f for every line's index, fanOut at a time, until one fails.
func forEach(ctx context.Context, lines []inventory.Line, f func(ctx context.Context, i int) error) error {
	g, ctx := errgroup.WithContext(ctx)
	g.SetLimit(fanOut)
	for i := range lines {
		g.Go(func() error { return f(ctx, i) })
	}
	return g.Wait()
}
