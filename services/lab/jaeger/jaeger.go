// Package jaeger finds the traces of requests that the lab made: by the id that every answer carries, waiting until
// all of the trace has arrived. Begin with [New].
package jaeger

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"time"

	"spanwise/doctor/read"
	"spanwise/doctor/trace"
)

// poll is the time between two looks at a trace that is not whole yet.
const poll = 20 * time.Millisecond

// A Reader reads traces from a Jaeger. It is safe for concurrent use.
type Reader struct{ client *read.Client }

// New returns a reader of the Jaeger at base, such as http://localhost:16686.
func New(base string) *Reader {
	transport := http.DefaultTransport.(*http.Transport).Clone()
	transport.MaxIdleConnsPerHost = 16
	return &Reader{read.Jaeger(base, &http.Client{Transport: transport, Timeout: 10 * time.Second})}
}

// Await returns the trace as soon as it is whole, or as it is when ctx ends. The trace is nil, and the error says why,
// if nothing of it was there.
func (r *Reader) Await(ctx context.Context, id string, whole func(*trace.Trace) bool) (*trace.Trace, error) {
	tick := time.NewTicker(poll)
	defer tick.Stop()
	var last *trace.Trace
	for {
		// Not ctx, whose end must not spoil the last look.
		t, err := r.client.Trace(context.WithoutCancel(ctx), id)
		switch {
		case err == nil && whole(t):
			return t, nil
		case err == nil:
			last = t
		case !errors.Is(err, read.ErrUnknown):
			return last, err
		}
		select {
		case <-ctx.Done():
			if last == nil {
				return nil, fmt.Errorf("nothing of trace %s reached Jaeger", id)
			}
			return last, nil
		case <-tick.C:
		}
	}
}

// TraceID returns the trace id of an answer's traceresponse header (W3C Trace Context level 2), which is version, trace
// id, span id and flags with hyphens between them; "" if it has none.
func TraceID(h http.Header) string {
	parts := strings.Split(h.Get("Traceresponse"), "-")
	if len(parts) != 4 || len(parts[1]) != 32 {
		return ""
	}
	return parts[1]
}
