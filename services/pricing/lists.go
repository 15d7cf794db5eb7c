package pricing

import (
	"bytes"
	"context"
	"net/http"
	"strings"
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
//   - json, binary: the products are cached in that encoding; each answer is made of them.
//   - answer: the finished answer is cached, and sent as it is.
type lists struct{ cache cache.Cache }

func (l lists) answer(w http.ResponseWriter, r *http.Request, load func() (productPage, error)) error {
	ctx := r.Context()
	way := fault.List.Of(ctx)
	key := strings.Join([]string{"list", way, fault.Columns.Of(ctx), fault.Page.Of(ctx), r.URL.RequestURI()}, " ")
	if way == "answer" {
		return l.finished(w, r, key, load)
	}
	if e, ok := encodings[way]; ok {
		fresh := load
		load = func() (productPage, error) { return l.page(ctx, key, e, fresh) }
	}
	page, err := load()
	if err != nil {
		return err
	}
	return rest.Answer(w, http.StatusOK, page)
}

// page returns a list from the cache, or loads and keeps it.
func (l lists) page(ctx context.Context, key string, e encoding, load func() (productPage, error)) (productPage, error) {
	if text := l.read(ctx, key); text != "" {
		_, span := tracer(ctx).Start(ctx, "decode-products")
		defer span.End()
		return e.decode(text)
	}
	page, err := load()
	if err != nil {
		return page, err
	}
	_, span := tracer(ctx).Start(ctx, "encode-products")
	text, err := e.encode(page)
	span.End()
	if err != nil {
		return page, err
	}
	l.fill(ctx, key, text)
	return page, nil
}

// finished sends the answer from the cache, or makes and keeps it.
func (l lists) finished(w http.ResponseWriter, r *http.Request, key string, load func() (productPage, error)) error {
	text := l.read(r.Context(), key)
	if text == "" {
		page, err := load()
		if err != nil {
			return err
		}
		var body bytes.Buffer
		if err := rest.Encode(&body, page); err != nil {
			return err
		}
		text = body.String()
		l.fill(r.Context(), key, text)
	}
	return rest.Send(w, http.StatusOK, strings.NewReader(text))
}

// read returns what the cache has, "" if it has nothing or does not answer.
func (l lists) read(ctx context.Context, key string) string {
	ctx, span := tracer(ctx).Start(ctx, "read-cache")
	defer span.End()
	ctx, cancel := context.WithTimeout(ctx, listPatience)
	defer cancel()
	texts, err := l.cache.Get(ctx, []string{key})
	if err != nil {
		span.SetStatus(codes.Error, err.Error())
		return ""
	}
	span.SetAttributes(attribute.Int("shop.cache.bytes", len(texts[0])))
	return texts[0]
}

func (l lists) fill(ctx context.Context, key, text string) {
	ctx, span := tracer(ctx).Start(ctx, "fill-cache")
	defer span.End()
	ctx, cancel := context.WithTimeout(ctx, listPatience)
	defer cancel()
	if err := l.cache.Set(ctx, map[string]string{key: text}, listTTL); err != nil {
		span.SetStatus(codes.Error, err.Error())
	}
}
