package cache

import (
	"context"
	"fmt"
	"time"

	"github.com/redis/go-redis/extra/redisotel/v9"
	"github.com/redis/go-redis/v9"

	"spanwise/internal/telemetry"
)

// dialTimeout bounds the wait for a server that is down: the database has the values too.
const dialTimeout = 500 * time.Millisecond

type valkey struct{ client *redis.Client }

func newValkey(url string, tel *telemetry.Telemetry) (Cache, error) {
	options, err := redis.ParseURL(url)
	if err != nil {
		return nil, fmt.Errorf("read CACHE_URL (it looks like redis://localhost:6379): %w", err)
	}
	options.DialTimeout, options.DialerRetries, options.MaxRetries = dialTimeout, 1, -1
	options.ReadTimeout, options.WriteTimeout, options.ContextTimeoutEnabled = -1, -1, true // only the context bounds a command
	options.DisableIdentity = true
	client := redis.NewClient(options)
	if !tel.Enabled() {
		return valkey{client}, nil
	}
	err = redisotel.InstrumentTracing(client, redisotel.WithTracerProvider(tel.Traces), redisotel.WithCallerEnabled(false), redisotel.WithAttributes(describe("redis")...),
		redisotel.WithDBStatement(false)) // a statement contains the values: collectors refuse a span with a list of megabytes
	if err != nil {
		return nil, err
	}
	return valkey{client}, nil
}

func (v valkey) Get(ctx context.Context, keys []string) ([][]byte, error) {
	values, err := v.client.MGet(ctx, keys...).Result()
	if err != nil {
		return nil, err
	}
	found := make([][]byte, len(keys))
	for i, value := range values {
		if text, ok := value.(string); ok { // nil if there is none
			found[i] = []byte(text)
		}
	}
	return found, nil
}

func (v valkey) Set(ctx context.Context, values map[string][]byte, ttl time.Duration) error {
	_, err := v.client.Pipelined(ctx, func(p redis.Pipeliner) error {
		for key, value := range values {
			p.Set(ctx, key, value, ttl)
		}
		return nil
	})
	return err
}

func (v valkey) Close() error { return v.client.Close() }
