package pricing

import (
	"context"
	"fmt"
	"strings"
	"time"

	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/codes"
	"go.opentelemetry.io/otel/trace"
	"golang.org/x/sync/singleflight"

	"spanwise/internal/fault"
	"spanwise/pricing/cache"
)

// cacheTTL is how old a price from the cache may be, and cachePatience how long the cache has to answer.
const (
	cacheTTL      = time.Second
	cachePatience = 500 * time.Millisecond
)

// loadTimeout bounds a load that several requests wait for: it has no caller whose end would end it.
const loadTimeout = 10 * time.Second

// cached is the store's prices behind a cache, for requests that want one. By default none does: prices are looked up
// by their primary key, and a cache would only hide that.
//
//   - on: of the requests that miss the same prices at the same moment one asks the database, the others wait for it.
//   - stampede: all of them ask the database.
type cached struct {
	store  store
	cache  cache.Cache
	flight singleflight.Group
}

// priced returns what is known of each product that exists, in no order.
func (c *cached) priced(ctx context.Context, skus []string) ([]priced, error) {
	way := fault.Cache.Of(ctx)
	if way == "off" {
		return c.store.priced(ctx, skus)
	}
	found, missing := c.read(ctx, skus)
	if len(missing) == 0 {
		return found, nil
	}
	load := c.load
	if way == "on" {
		load = c.loadOnce
	}
	loaded, err := load(ctx, missing)
	return append(found, loaded...), err
}

// load gets prices from the database and keeps them.
func (c *cached) load(ctx context.Context, skus []string) ([]priced, error) {
	all, err := c.store.priced(ctx, skus)
	if err == nil && len(all) > 0 {
		c.fill(ctx, all)
	}
	return all, err
}

// loadOnce is load for one of the requests that want the same at the same moment, in the same way, and its result for the others.
func (c *cached) loadOnce(ctx context.Context, skus []string) ([]priced, error) {
	ctx, span := tracer(ctx).Start(ctx, "load-prices")
	defer span.End()
	result := c.flight.DoChan(fault.Asked(ctx)+strings.Join(skus, ","), func() (any, error) {
		ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), loadTimeout)
		defer cancel()
		return c.load(ctx, skus)
	})
	select {
	case r := <-result:
		all, _ := r.Val.([]priced)
		return all, r.Err
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

// read returns the prices that the cache has, and which it does not have. One that does not answer has none.
func (c *cached) read(ctx context.Context, skus []string) (found []priced, missing []string) {
	ctx, span := tracer(ctx).Start(ctx, "read-cache")
	defer span.End()
	ctx, cancel := context.WithTimeout(ctx, cachePatience)
	defer cancel()
	keys := make([]string, len(skus))
	for i, sku := range skus {
		keys[i] = key(sku)
	}
	values, err := c.cache.Get(ctx, keys)
	if err != nil {
		span.SetStatus(codes.Error, err.Error())
		return nil, skus
	}
	for i, value := range values {
		p := priced{sku: skus[i]}
		if _, err := fmt.Sscan(string(value), &p.cents, &p.taxPercent); err != nil {
			missing = append(missing, skus[i])
			continue
		}
		found = append(found, p)
	}
	span.SetAttributes(attribute.Int("shop.cache.hits", len(found)), attribute.Int("shop.cache.misses", len(missing)))
	return found, missing
}

func (c *cached) fill(ctx context.Context, all []priced) {
	ctx, span := tracer(ctx).Start(ctx, "fill-cache")
	defer span.End()
	ctx, cancel := context.WithTimeout(ctx, cachePatience)
	defer cancel()
	values := make(map[string][]byte, len(all))
	for _, p := range all {
		values[key(p.sku)] = fmt.Append(nil, p.cents, p.taxPercent)
	}
	if err := c.cache.Set(ctx, values, cacheTTL); err != nil {
		span.SetStatus(codes.Error, err.Error())
	}
}

func key(sku string) string { return "price:" + sku }

func tracer(ctx context.Context) trace.Tracer {
	return trace.SpanFromContext(ctx).TracerProvider().Tracer("spanwise/pricing")
}
