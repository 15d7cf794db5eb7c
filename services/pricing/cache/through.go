package cache

import (
	"context"
	"encoding/json"
	"strings"
	"time"

	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/codes"
	"go.opentelemetry.io/otel/trace"
	"golang.org/x/sync/singleflight"
)

const (
	ttl            = time.Second            // the maximum age of a value from the cache
	commandTimeout = 500 * time.Millisecond // for one command to the cache
	loadTimeout    = 10 * time.Second       // for a load that requests share, which outlives each of them
)

// A Through reads values through a cache: it loads those that the cache does not have, and puts them there. A cache that
// does not answer counts as a miss. It is safe for concurrent use.
type Through[T any] struct {
	Cache Cache
	Name  string // of the values, such as prices
	Key   func(T) string
	Load  func(ctx context.Context, keys []string) ([]T, error) // what is known of the keys, in any order

	flight singleflight.Group
}

// Get returns the values of the keys that exist, in any order. Each request loads what it misses.
func (t *Through[T]) Get(ctx context.Context, keys []string) ([]T, error) {
	return t.get(ctx, keys, t.load)
}

// GetShared is Get for requests that share what they load: of those of one group that miss the same keys at the same
// time, one loads them and the others wait.
func (t *Through[T]) GetShared(ctx context.Context, group string, keys []string) ([]T, error) {
	return t.get(ctx, keys, func(ctx context.Context, missing []string) ([]T, error) { return t.share(ctx, group, missing) })
}

func (t *Through[T]) get(ctx context.Context, keys []string, load func(context.Context, []string) ([]T, error)) ([]T, error) {
	found, missing := t.read(ctx, keys)
	if len(missing) == 0 {
		return found, nil
	}
	loaded, err := load(ctx, missing)
	return append(found, loaded...), err
}

func (t *Through[T]) share(ctx context.Context, group string, keys []string) ([]T, error) {
	ctx, span := tracer(ctx).Start(ctx, "load-"+t.Name)
	defer span.End()
	result := t.flight.DoChan(group+strings.Join(keys, ","), func() (any, error) {
		ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), loadTimeout)
		defer cancel()
		return t.load(ctx, keys)
	})
	select {
	case r := <-result:
		all, _ := r.Val.([]T)
		return all, r.Err
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

// load loads values and puts them into the cache.
func (t *Through[T]) load(ctx context.Context, keys []string) ([]T, error) {
	all, err := t.Load(ctx, keys)
	if err == nil && len(all) > 0 {
		t.fill(ctx, all)
	}
	return all, err
}

// read returns the values that the cache has, and the keys that it does not have.
func (t *Through[T]) read(ctx context.Context, keys []string) (found []T, missing []string) {
	ctx, span := tracer(ctx).Start(ctx, "read-cache")
	defer span.End()
	ctx, cancel := context.WithTimeout(ctx, commandTimeout)
	defer cancel()
	prefixed := make([]string, len(keys))
	for i, key := range keys {
		prefixed[i] = t.Name + ":" + key
	}
	values, err := t.Cache.Get(ctx, prefixed)
	if err != nil {
		span.SetStatus(codes.Error, err.Error())
		return nil, keys
	}
	for i, value := range values {
		var v T
		if json.Unmarshal(value, &v) != nil {
			missing = append(missing, keys[i])
			continue
		}
		found = append(found, v)
	}
	span.SetAttributes(attribute.Int("shop.cache.hits", len(found)), attribute.Int("shop.cache.misses", len(missing)))
	return found, missing
}

func (t *Through[T]) fill(ctx context.Context, all []T) {
	ctx, span := tracer(ctx).Start(ctx, "fill-cache")
	defer span.End()
	ctx, cancel := context.WithTimeout(ctx, commandTimeout)
	defer cancel()
	values := make(map[string][]byte, len(all))
	for _, v := range all {
		value, err := json.Marshal(v)
		if err != nil {
			span.SetStatus(codes.Error, err.Error())
			return
		}
		values[t.Name+":"+t.Key(v)] = value
	}
	if err := t.Cache.Set(ctx, values, ttl); err != nil {
		span.SetStatus(codes.Error, err.Error())
	}
}

func tracer(ctx context.Context) trace.Tracer {
	return trace.SpanFromContext(ctx).TracerProvider().Tracer("spanwise/pricing/cache")
}
