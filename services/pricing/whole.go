package pricing

import (
	"context"
	"iter"
	"slices"

	"spanwise/internal/database"
	"spanwise/internal/rest"
)

// cutting returns a finder that cuts its pages out of the whole list, which is in the cache.
func (l lists) cutting(key string, e encoding, find finder) finder {
	return func(ctx context.Context, page rest.Page) iter.Seq2[Product, error] {
		return func(yield func(Product, error) bool) {
			all, err := l.whole(ctx, key, e, find)
			if err != nil {
				yield(Product{}, err)
				return
			}
			for _, p := range cut(all, page) {
				if !yield(p, nil) {
					return
				}
			}
		}
	}
}

// cut returns a page of all products, which are in the database's order. After a product that is not there comes the first.
func cut(all []Product, page rest.Page) []Product {
	if page.After != "" {
		all = all[1+slices.IndexFunc(all, func(p Product) bool { return p.SKU == page.After }):]
	}
	if page.Limit != everything {
		all = all[:min(page.Limit, len(all))]
	}
	return all
}

// whole returns all products from the cache, or finds and keeps them.
func (l lists) whole(ctx context.Context, key string, e encoding, find finder) ([]Product, error) {
	if form := l.read(ctx, key); form != nil {
		_, span := tracer(ctx).Start(ctx, "decode-"+e.name)
		defer span.End()
		return e.decode(form)
	}
	all, err := database.Collect(find(ctx, rest.Page{Limit: everything}))
	if err != nil {
		return nil, err
	}
	_, span := tracer(ctx).Start(ctx, "encode-"+e.name)
	form, err := e.encode(all)
	span.End()
	if err != nil {
		return nil, err
	}
	l.fill(ctx, key, form)
	return all, nil
}
