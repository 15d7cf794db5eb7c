package pricing

import (
	"context"
	"fmt"
	"net/http"
	"slices"

	"go.opentelemetry.io/otel/trace"

	"spanwise/internal/database"
	"spanwise/internal/fault"
	"spanwise/internal/problem"
	"spanwise/internal/rest"
	"spanwise/inventory"
	"spanwise/pricing/cache"
	"spanwise/pricing/lists"
)

// The same work, done the slow ways that a request may ask for.

// A slowStore is a store that works in the way that the request asks for.
type slowStore struct {
	store
	cached *cache.Through[priced]
}

func newSlowStore(s store, c cache.Cache) slowStore {
	return slowStore{s, &cache.Through[priced]{
		Cache: c, Name: "prices", Key: func(p priced) string { return p.SKU }, Load: s.priced,
	}}
}

// priced uses the cache only if the request asks for it: prices are read by primary key, and a cache would hide that.
func (s slowStore) priced(ctx context.Context, skus []string) ([]priced, error) {
	switch fault.Cache.Of(ctx) {
	case "on":
		return s.cached.Get(ctx, fault.Group(ctx), skus)
	case "stampede":
		return s.cached.Get(ctx, "", skus)
	}
	return s.store.priced(ctx, skus)
}

func (s slowStore) percents(ctx context.Context, lines []inventory.Line) ([]int64, error) {
	if fault.Lookups.Of(ctx) != "each" {
		return s.store.percents(ctx, lines)
	}
	var percents []int64
	for i := range lines {
		one, err := s.store.percents(ctx, lines[i:i+1])
		if err != nil {
			return nil, err
		}
		percents = append(percents, one...)
	}
	return percents, nil
}

func (s slowStore) products(ctx context.Context, where, value, after string, limit int) ([]Product, error) {
	if where == nameIs && fault.Index.Of(ctx) == "missed" {
		where = "LOWER(TRIM(name)) = LOWER($1)" // the index is on LOWER(name)
	}
	if fault.Columns.Of(ctx) == "few" {
		few := func(p *Product) []any { p.Price.Currency = Currency; return []any{&p.SKU, &p.Price.Cents} }
		query, args := pageQuery("sku, cents", where, value, after, limit)
		return database.Query(ctx, s.db, few, query, args...)
	}
	return s.store.products(ctx, where, value, after, limit)
}

// A withFallback is a Stocker that reports every product as scarce if the inventory fails and the request prefers that to
// an error: a quote without discounts rather than none. The span of the failed call still shows the failure.
type withFallback struct{ Stocker }

func (f withFallback) Stock(ctx context.Context, skus []string) ([]inventory.Stock, error) {
	stock, err := f.Stocker.Stock(ctx, skus)
	if err == nil || fault.Fallback.Of(ctx) != "scarce" || problem.IsRefusal(err) {
		return stock, err
	}
	trace.SpanFromContext(ctx).AddEvent("stock unknown: no discounts")
	stock = make([]inventory.Stock, len(skus))
	for i, sku := range skus {
		stock[i].SKU = sku
	}
	return stock, nil
}

// productsAsAsked answers with products in the way that the request asks for, by default as [server.products] does:
//
//   - page=all: there is no limit.
//   - list=json, list=binary: the cache has all products in that encoding; each answer takes its page out of them.
//   - list=answer: the cache has the finished answer.
func (s server) productsAsAsked(w http.ResponseWriter, r *http.Request) error {
	ctx := r.Context()
	columns, size, way := fault.Columns.Of(ctx), fault.Page.Of(ctx), fault.List.Of(ctx)
	page, err := rest.ReadPage(r)
	if err != nil {
		return err
	}
	if size == "all" {
		page.Limit = everything
	}
	switch way {
	case "answer":
		key := fmt.Sprintf("%s %s %s", columns, size, r.URL.RequestURI())
		return lists.Answer(w, r, s.cache, key, func() (any, error) { return s.page(r, page) })
	case "json", "binary":
		encoding := map[string]lists.Encoding{"json": lists.JSON, "binary": lists.Binary}[way]
		key := fmt.Sprintf("products %s %s %q %q", way, columns, r.FormValue("q"), r.FormValue("name"))
		all, err := lists.Whole(ctx, s.cache, key, encoding, func() ([]Product, error) { return s.find(r, rest.Page{Limit: everything}) })
		if err != nil {
			return err
		}
		return rest.Answer(w, http.StatusOK, newPage(r, page, cut(all, page)))
	}
	return s.products(w, r, page)
}

// cut returns a page of all products, which are in the order of their SKUs.
func cut(all []Product, page rest.Page) []Product {
	if page.After != "" {
		all = all[1+slices.IndexFunc(all, func(p Product) bool { return p.SKU == page.After }):]
	}
	if page.Limit != everything {
		all = all[:min(page.Limit, len(all))]
	}
	return all
}
