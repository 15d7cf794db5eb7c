package cache

import (
	"context"
	"encoding/json"
	"strings"
	"time"

	"golang.org/x/sync/singleflight"
)

const (
	ttl            = time.Second            // the maximum age of a value from the cache
	commandTimeout = 500 * time.Millisecond // for one command to the cache
	loadTimeout    = 10 * time.Second       // for a load that requests share, which outlives each of them
)

// A Through reads values through a cache: it loads those that the cache does not have, and puts them there. It is safe for
// concurrent use.
type Through[T any] struct {
	Cache Cache
	Name  string // of the values, such as prices
	Key   func(T) string
	Load  func(ctx context.Context, keys []string) ([]T, error) // what is known of the keys, in any order

	flight singleflight.Group
}

// Get returns the values of the keys that exist, in any order. Requests of one group that miss the same keys at the same
// time share a load: one of them loads the values, the others wait. Requests without a group load on their own.
func (t *Through[T]) Get(ctx context.Context, group string, keys []string) (found []T, err error) {
	prefixed := make([]string, len(keys))
	for i, key := range keys {
		prefixed[i] = t.Name + ":" + key
	}
	var missing []string
	for i, value := range Read(ctx, t.Cache, commandTimeout, prefixed) {
		var v T
		if json.Unmarshal(value, &v) != nil {
			missing = append(missing, keys[i])
			continue
		}
		found = append(found, v)
	}
	if len(missing) == 0 {
		return found, nil
	}
	load := t.load
	if group != "" {
		load = func(ctx context.Context, keys []string) ([]T, error) { return t.share(ctx, group, keys) }
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
	if err != nil || len(all) == 0 {
		return nil, err
	}
	values := make(map[string][]byte, len(all))
	for _, v := range all {
		if values[t.Name+":"+t.Key(v)], err = json.Marshal(v); err != nil {
			return nil, err
		}
	}
	Fill(ctx, t.Cache, commandTimeout, values, ttl)
	return all, nil
}
