// Package cache keeps texts for a short while: in Valkey or Redis, where several instances share them, or in the
// process's own memory. Open one with [Open].
package cache

import (
	"context"
	"time"

	"spanwise/internal/telemetry"
)

// TTL is how long a text is kept. So old may a price be that is shown.
const TTL = time.Second

// A Cache keeps texts by key. It is safe for concurrent use.
type Cache interface {
	// Get returns the text under each key, "" where there is none.
	Get(ctx context.Context, keys []string) ([]string, error)
	// Set keeps the texts under their keys for [TTL]. None is "".
	Set(ctx context.Context, texts map[string]string) error
	Close() error
}

// Open returns the cache at a URL such as redis://localhost:6379, or one in memory if the URL is empty. It does not
// wait for the server. The caller closes the cache.
func Open(url string, tel *telemetry.Telemetry) (Cache, error) {
	if url == "" {
		return newMemory()
	}
	return newValkey(url, tel)
}
