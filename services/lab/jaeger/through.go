package jaeger

import (
	"context"
	"net/http"
	"time"

	"spanwise/doctor/read"
	"spanwise/doctor/trace"
)

// Find returns the traces, at most [read.MaxTraces], in which a service took part since then, the oldest first.
func (r *Reader) Find(ctx context.Context, service string, since time.Time) ([]*trace.Trace, error) {
	return r.client.Find(ctx, service, since)
}

// Through is [New] over a transport of the caller's, who may change what Jaeger answers before anybody reads it.
func Through(base string, transport http.RoundTripper) *Reader {
	return &Reader{read.Jaeger(base, &http.Client{Transport: transport, Timeout: 30 * time.Second})}
}
