package pricing

import (
	"context"
	"fmt"
	"net/http"
	"slices"
	"time"

	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/codes"

	"spanwise/internal/fault"
	"spanwise/internal/rest"
	"spanwise/pricing/cache"
)

// listTTL is how old a list from the cache may be, and listPatience how long the cache has to answer.
const (
	listTTL      = time.Minute
	listPatience = 10 * time.Second
)

// lists answers requests for products in the way they choose, by default with what the database has. Caching whole
// lists is mostly a way to be slow twice: what is read from the cache has to be understood, and written anew.
//
//   - json, binary: all products are in the cache, in that encoding. Each answer decodes them and takes its page out.
//   - answer: the finished answer is in the cache, and sent as it is.
type lists struct{ cache cache.Cache }

// A finder finds a page of products.
type finder func(context.Context, rest.Page) ([]Product, error)

func (l lists) answer(w http.ResponseWriter, r *http.Request, page rest.Page, find finder) error {
	way := fault.List.Of(r.Context())
	if e, ok := encodings[way]; ok {
		find = l.cutting(fmt.Sprintf("products %s %s %q %q", way, fault.Columns.Of(r.Context()), r.FormValue("q"), r.FormValue("name")), e, find)
	}
	if way == "answer" {
		return l.finished(w, r, page, find)
	}
	body, err := pageOf(r, page, find)
	if err != nil {
		return err
	}
	return rest.Answer(w, http.StatusOK, body)
}

// pageOf finds a page, and says where the next one is.
func pageOf(r *http.Request, page rest.Page, find finder) (body productPage, err error) {
	body.Products, err = find(r.Context(), page)
	if n := len(body.Products); n == page.Limit && page.Limit != everything {
		body.Next = page.Next(r, body.Products[n-1].SKU)
	}
	return body, err
}

// cutting returns a finder that cuts its pages out of the whole list, which is in the cache.
func (l lists) cutting(key string, e encoding, find finder) finder {
	return func(ctx context.Context, page rest.Page) ([]Product, error) {
		all, err := l.whole(ctx, key, e, find)
		if page.After != "" {
			all = all[1+slices.IndexFunc(all, func(p Product) bool { return p.SKU == page.After }):]
		}
		if page.Limit != everything {
			all = all[:min(page.Limit, len(all))]
		}
		return all, err
	}
}

// whole returns all products from the cache, or finds and keeps them.
func (l lists) whole(ctx context.Context, key string, e encoding, find finder) ([]Product, error) {
	if form := l.read(ctx, key); form != nil {
		_, span := tracer(ctx).Start(ctx, "decode-"+e.name)
		defer span.End()
		return e.decode(form)
	}
	all, err := find(ctx, rest.Page{Limit: everything})
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
