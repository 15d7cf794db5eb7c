package pricing

import (
	"context"
	"fmt"
	"iter"
	"net/http"
	"time"

	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/codes"

	"spanwise/internal/database"
	"spanwise/internal/fault"
	"spanwise/internal/rest"
	"spanwise/pricing/cache"
)

// listTTL is how old a list from the cache may be, and listPatience how long the cache has to answer.
const (
	listTTL      = 10 * time.Minute
	listPatience = 10 * time.Second
)

// lists answers requests for products in the way they choose, by default with what the database has. Caching whole
// lists is mostly a way to be slow twice: what is read from the cache has to be understood, and written anew.
//
//   - json, binary: all products are in the cache, in that encoding. Each answer decodes them and takes its page out.
//   - answer: the finished answer is in the cache, and sent as it is.
type lists struct{ cache cache.Cache }

// A finder finds a page of products.
type finder func(context.Context, rest.Page) iter.Seq2[Product, error]

func (l lists) answer(w http.ResponseWriter, r *http.Request, page rest.Page, find finder) error {
	way := fault.List.Of(r.Context())
	if e, ok := encodings[way]; ok {
		find = l.cutting(fmt.Sprintf("products %s %s %q %q", way, fault.Columns.Of(r.Context()), r.FormValue("q"), r.FormValue("name")), e, find)
	}
	switch {
	case way == "answer":
		return l.finished(w, r, page, find)
	case page.Limit == everything:
		body, err := pageOf(r, page, find)
		if err != nil {
			return err
		}
		return rest.Answer(w, http.StatusOK, body)
	}
	return rest.Stream(w, r, "products", find(r.Context(), page), func(n int, last Product) string { return following(r, page, n, last) })
}

// pageOf finds all of a page before anything is done with it.
func pageOf(r *http.Request, page rest.Page, find finder) (body productPage, err error) {
	if body.Products, err = database.Collect(find(r.Context(), page)); err != nil || len(body.Products) == 0 {
		return body, err
	}
	n := len(body.Products)
	body.Next = following(r, page, n, body.Products[n-1])
	return body, nil
}

// following returns the address of the page after one of n products, "" if that was the last.
func following(r *http.Request, page rest.Page, n int, last Product) string {
	if n < page.Limit || page.Limit == everything {
		return ""
	}
	return page.Next(r, last.SKU)
}

// read returns what the cache has, nil if it has nothing or does not answer.
func (l lists) read(ctx context.Context, key string) []byte {
	ctx, span := tracer(ctx).Start(ctx, "read-cache")
	defer span.End()
	ctx, cancel := context.WithTimeout(ctx, listPatience)
	defer cancel()
	values, err := l.cache.Get(ctx, []string{key})
	if err != nil {
		span.SetStatus(codes.Error, err.Error())
		return nil
	}
	span.SetAttributes(attribute.Int("shop.cache.bytes", len(values[0])))
	return values[0]
}

func (l lists) fill(ctx context.Context, key string, value []byte) {
	ctx, span := tracer(ctx).Start(ctx, "fill-cache")
	defer span.End()
	ctx, cancel := context.WithTimeout(ctx, listPatience)
	defer cancel()
	if err := l.cache.Set(ctx, map[string][]byte{key: value}, listTTL); err != nil {
		span.SetStatus(codes.Error, err.Error())
	}
}
