// Package cache keeps values for a short while: in Valkey or Redis, where several instances share them, or in the
// process's own memory. Open one with [Open].
package cache

import (
	"context"
	"time"

	"spanwise/internal/telemetry"
)

// A Cache keeps values by key. Each command to it is a client's span. It is safe for concurrent use.
type Cache interface {
	// Get returns the value under each key, nil where there is none. Nobody may change what is in it.
	Get(ctx context.Context, keys []string) ([][]byte, error)
	// Set keeps the values under their keys for that long. Nobody may change what is in them from now on.
	Set(ctx context.Context, values map[string][]byte, ttl time.Duration) error
	Close() error
}

// Open returns the cache at a URL such as redis://localhost:6379, or one in memory if the URL is empty. It does not
// wait for the server, and lets a call wait for it as long as the call's context. The caller closes the cache.
func Open(url string, tel *telemetry.Telemetry) (Cache, error) {
	if url == "" {
		return newMemory(tel.Traces, memorySize), nil
	}
	return newValkey(url, tel)
}
