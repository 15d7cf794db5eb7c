// Package cache keeps texts for a short while: in Valkey or Redis, where several instances share them, or in the
// process's own memory. Open one with [Open].
package cache

import (
	"context"
	"time"

	"spanwise/internal/telemetry"
)

// A Cache keeps texts by key. It is safe for concurrent use.
type Cache interface {
	// Get returns the text under each key, "" where there is none.
	Get(ctx context.Context, keys []string) ([]string, error)
	// Set keeps the texts under their keys for that long. None is "".
	Set(ctx context.Context, texts map[string]string, ttl time.Duration) error
	Close() error
}

// Open returns the cache at a URL such as redis://localhost:6379, or one in memory if the URL is empty. It does not
// wait for the server, and lets a call wait for it as long as the call's context. The caller closes the cache.
func Open(url string, tel *telemetry.Telemetry) (Cache, error) {
	if url == "" {
		return newMemory()
	}
	return newValkey(url, tel)
}
