// Package cache keeps values for a short time: in Valkey or Redis, where several instances share them, or in the memory of
// the process. [Open] opens a cache; a [Through] reads values through it.
package cache

import (
	"context"
	"time"

	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/codes"
	semconv "go.opentelemetry.io/otel/semconv/v1.43.0"
	"go.opentelemetry.io/otel/trace"

	"spanwise/internal/telemetry"
)

// A Cache keeps values by key. Each command is a client span. It is safe for concurrent use.
type Cache interface {
	// Get returns the value of each key, nil if there is none. The caller must not modify the values.
	Get(ctx context.Context, keys []string) ([][]byte, error)
	// Set keeps the values of their keys for that time. The caller must not modify the values afterwards.
	Set(ctx context.Context, values map[string][]byte, ttl time.Duration) error
	Close() error
}

// Open returns the cache at a URL such as redis://localhost:6379, or one in memory if the URL is empty. It does not wait
// for the server; the context of each call bounds how long the call waits. The caller closes the cache.
func Open(url string, tel *telemetry.Telemetry) (Cache, error) {
	if url == "" {
		return newMemory(tel.Traces, memorySize), nil
	}
	return newValkey(url, tel)
}

// Read returns the value of each key, nil if there is none, in a span. A cache that does not answer within timeout counts
// as having none.
func Read(ctx context.Context, c Cache, timeout time.Duration, keys []string) [][]byte {
	ctx, span := tracer(ctx).Start(ctx, "read-cache")
	defer span.End()
	ctx, cancel := context.WithTimeout(ctx, timeout)
	defer cancel()
	values, err := c.Get(ctx, keys)
	if err != nil {
		span.SetStatus(codes.Error, err.Error())
		return make([][]byte, len(keys))
	}
	hits, bytes := 0, 0
	for _, value := range values {
		if value != nil {
			hits, bytes = hits+1, bytes+len(value)
		}
	}
	span.SetAttributes(attribute.Int("shop.cache.hits", hits), attribute.Int("shop.cache.misses", len(keys)-hits),
		attribute.Int("shop.cache.bytes", bytes))
	return values
}

// Fill sets values in a span. An error only shows there.
func Fill(ctx context.Context, c Cache, timeout time.Duration, values map[string][]byte, ttl time.Duration) {
	ctx, span := tracer(ctx).Start(ctx, "fill-cache")
	defer span.End()
	ctx, cancel := context.WithTimeout(ctx, timeout)
	defer cancel()
	if err := c.Set(ctx, values, ttl); err != nil {
		span.SetStatus(codes.Error, err.Error())
	}
}

// describe names the system of a command as the spans of SQL do, also for Jaeger's pages.
func describe(system string) []attribute.KeyValue {
	return []attribute.KeyValue{semconv.DBSystemNameKey.String(system), attribute.String("db.system", system), attribute.String("peer.service", system)}
}

func tracer(ctx context.Context) trace.Tracer {
	return trace.SpanFromContext(ctx).TracerProvider().Tracer("spanwise/pricing/cache")
}
