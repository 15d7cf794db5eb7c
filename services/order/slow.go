package order

import (
	"context"

	"golang.org/x/sync/errgroup"

	"spanwise/internal/fault"
	"spanwise/internal/rest"
	"spanwise/internal/step"
	"spanwise/inventory"
)

// The same work, done the slow ways that a request may ask for.

// fanOut bounds how many calls to one service a request makes at once.
const fanOut = 8

// A slowFetcher is a fetcher that works in the way that the request asks for. Unless it asks for a slow one, that is the way of fetch.go.
type slowFetcher struct{ fetcher }

func (f slowFetcher) fetch(ctx context.Context, lines []inventory.Line) ([]detail, error) {
	details := make([]detail, len(lines))
	switch {
	case fault.Fetch.Of(ctx) == "each":
		return details, f.each(ctx, lines, details)
	case fault.Fetch.Of(ctx) == "parallel":
		return details, f.parallel(ctx, lines, details)
	case fault.Calls.Of(ctx) == "serial":
		return details, f.serial(ctx, lines, details)
	}
	return f.fetcher.fetch(ctx, lines)
}

// serial makes the two calls one after the other. They have no spans around them: after a span called check-inventory,
// the next call would look like one that waits for the check to pass.
func (f slowFetcher) serial(ctx context.Context, lines []inventory.Line, details []detail) error {
	if err := f.stock(ctx, lines, details); err != nil {
		return err
	}
	return f.prices(ctx, lines, details)
}

// each makes one call per line to each service, all one after another: the loop that an ORM makes, or a developer in a hurry.
func (f slowFetcher) each(ctx context.Context, lines []inventory.Line, details []detail) error {
	for i, l := range lines {
		if err := f.stockOf(ctx, l.SKU, &details[i]); err != nil {
			return err
		}
		if err := f.priceOf(ctx, l.SKU, &details[i]); err != nil {
			return err
		}
	}
	return nil
}

// parallel makes one call per line to each service, fanOut at a time.
func (f slowFetcher) parallel(ctx context.Context, lines []inventory.Line, details []detail) error {
	stock := func(ctx context.Context) error {
		return forEach(ctx, lines, func(ctx context.Context, i int) error { return f.stockOf(ctx, lines[i].SKU, &details[i]) })
	}
	prices := func(ctx context.Context) error {
		return forEach(ctx, lines, func(ctx context.Context, i int) error { return f.priceOf(ctx, lines[i].SKU, &details[i]) })
	}
	if fault.Calls.Of(ctx) == "serial" {
		if err := stock(ctx); err != nil {
			return err
		}
		return prices(ctx)
	}
	g, ctx := errgroup.WithContext(ctx)
	g.Go(func() error { return stock(ctx) })
	g.Go(func() error { return prices(ctx) })
	return g.Wait()
}

func (f slowFetcher) stockOf(ctx context.Context, sku string, d *detail) (err error) {
	ctx, end := step.Start(ctx, "check-inventory", step.SKU(sku))
	defer end(&err)
	stock, err := f.inventory.One(ctx, sku)
	d.available = stock.Available
	return err
}

func (f slowFetcher) priceOf(ctx context.Context, sku string, d *detail) (err error) {
	ctx, end := step.Start(ctx, "calculate-price", step.SKU(sku))
	defer end(&err)
	price, err := f.pricing.One(ctx, sku)
	d.price = price.Price
	return err
}

// forEach calls f with the index of every line, fanOut at a time, until one fails.
func forEach(ctx context.Context, lines []inventory.Line, f func(ctx context.Context, i int) error) error {
	g, ctx := errgroup.WithContext(ctx)
	g.SetLimit(fanOut)
	for i := range lines {
		g.Go(func() error { return f(ctx, i) })
	}
	return g.Wait()
}

// A slowStore is a store that runs a query per order if the request asks for it.
type slowStore struct{ store }

func (s slowStore) addLines(ctx context.Context, orders []Order) (err error) {
	if fault.Rows.Of(ctx) != "each" {
		return s.store.addLines(ctx, orders)
	}
	for i := range orders {
		if orders[i].Lines, err = s.lines(ctx, orders[i].ID); err != nil {
			return err
		}
	}
	return nil
}

// pageSize returns how many products of the catalogue to fetch at a time.
func pageSize(ctx context.Context) int {
	if fault.Page.Of(ctx) == "10" {
		return 10
	}
	return rest.MaxLimit
}

// wantsMail reports whether to send a mail about an order. By default there is none, so that its spans are not in the way.
func wantsMail(ctx context.Context) bool { return fault.Mail.Of(ctx) == "sent" }

// resume returns a context for m with the trace and the faults of the request that caused it.
func (b *outbox) resume(m mail) context.Context {
	return fault.FromBaggage(b.tel.Propagator.Extract(context.Background(), m.cause))
}
