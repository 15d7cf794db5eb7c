package jaeger

import (
	"net/http"
	"time"

	"spanwise/doctor/read"
)

// Through is [New] over a transport of the caller's, who may change what Jaeger answers before anybody reads it.
func Through(base string, transport http.RoundTripper) *Reader {
	return &Reader{read.Jaeger(base, &http.Client{Transport: transport, Timeout: 30 * time.Second})}
}
