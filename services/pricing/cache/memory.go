package cache

import (
	"context"
	"fmt"
	"time"

	"github.com/jellydator/ttlcache/v3"
	"go.opentelemetry.io/otel/codes"
	semconv "go.opentelemetry.io/otel/semconv/v1.43.0"
	"go.opentelemetry.io/otel/trace"
)

// memorySize is the maximum size of keys and values, in bytes. The least recently used are evicted first.
const memorySize = 512 << 20

// perEntry is the approximate size of an entry in addition to its key and value, in bytes.
const perEntry = 256

// A memory is a cache in the process. Its spans are like those of a client of a server.
type memory struct {
	entries *ttlcache.Cache[string, []byte]
	tracer  trace.Tracer
	size    int
}

func newMemory(traces trace.TracerProvider, size int) memory {
	entries := ttlcache.New(
		ttlcache.WithDisableTouchOnHit[string, []byte](), // reading a value does not extend its life
		ttlcache.WithMaxCost(uint64(size), func(e ttlcache.CostItem[string, []byte]) uint64 {
			return uint64(cost(e.Key, e.Value))
		}))
	return memory{entries, traces.Tracer("spanwise/pricing/cache"), size}
}

func cost(key string, value []byte) int { return len(key) + len(value) + perEntry }

func (m memory) Get(ctx context.Context, keys []string) ([][]byte, error) {
	defer m.command(ctx, "mget", len(keys)).End()
	found := make([][]byte, len(keys))
	for i, key := range keys {
		if e := m.entries.Get(key); e != nil {
			found[i] = e.Value()
		}
	}
	return found, nil
}

func (m memory) Set(ctx context.Context, values map[string][]byte, ttl time.Duration) error {
	span := m.command(ctx, "set", len(values))
	defer span.End()
	for key, value := range values {
		if n := cost(key, value); n > m.size { // it would evict everything else, and then itself
			err := fmt.Errorf("%d bytes do not fit into a cache of %d", n, m.size)
			span.SetStatus(codes.Error, err.Error())
			return err
		}
		m.entries.Set(key, value, ttl)
	}
	time.AfterFunc(ttl+1, m.entries.DeleteExpired) // otherwise an expired value stays until its memory is needed
	return nil
}

func (m memory) command(ctx context.Context, name string, keys int) trace.Span {
	_, span := m.tracer.Start(ctx, name, trace.WithSpanKind(trace.SpanKindClient), trace.WithAttributes(describe("memory")...),
		trace.WithAttributes(semconv.DBOperationName(name), semconv.DBOperationBatchSize(keys)))
	return span
}

func (m memory) Close() error { return nil }
