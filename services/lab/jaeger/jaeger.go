// Package jaeger reads the traces of requests that the lab made, by the id that every answer carries, and waits until all
// of a trace has arrived. Begin with [New].
package jaeger

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"time"

	"golang.org/x/sync/errgroup"

	"spanwise/doctor/read"
	"spanwise/doctor/trace"
	"spanwise/internal/rest"
)

// timeout bounds each request to Jaeger, which answers within a second unless it is overloaded or frozen. People wait for it.
const timeout = 15 * time.Second

// poll is the time between two looks at a trace that is incomplete.
const poll = 20 * time.Millisecond

// A Reader reads traces from a Jaeger. It is safe for concurrent use.
type Reader struct {
	*read.Client
	Tail bool // whether it is known that the Collector passes only some traces on

	base string
	http *http.Client
}

// New returns a reader of the Jaeger at base, such as http://localhost:16686. The transport may change Jaeger's answers before
// they are read. To read many traces, it must keep connections for [Reader.Count].
func New(base string, transport http.RoundTripper) *Reader {
	client := &http.Client{Transport: transport, Timeout: timeout}
	return &Reader{Client: read.Jaeger(base, client), base: strings.TrimSuffix(base, "/"), http: client}
}

// Patience is how long to wait for one trace. Usually it takes half a second.
func (r *Reader) Patience() time.Duration {
	if r.Tail { // the Collector decides 1 to 2 s after the trace's root has arrived
		return 5 * time.Second
	}
	return 20 * time.Second
}

// readyTimeout bounds the question whether Jaeger answers. A frozen one still accepts connections.
const readyTimeout = 5 * time.Second

// Ready returns an error that says what to do if Jaeger does not answer, so that nobody waits for traces that cannot be read.
func (r *Reader) Ready(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, readyTimeout)
	defer cancel()
	if _, err := r.Services(ctx); err != nil {
		return fmt.Errorf("%s (is it running, overloaded, or frozen? make up starts it, and prints its output)", read.Fact(err))
	}
	return nil
}

// Await returns a trace as soon as it is complete, or as it is when ctx ends. If none of its spans has arrived by then, the trace
// is nil and the error says so.
func (r *Reader) Await(ctx context.Context, id string, complete func(*trace.Trace) bool) (*trace.Trace, error) {
	tick := time.NewTicker(poll)
	defer tick.Stop()
	var last *trace.Trace
	for {
		// Not ctx, because its end must not interrupt the last look.
		t, err := r.Trace(context.WithoutCancel(ctx), id)
		switch {
		case err == nil && complete(t):
			return t, nil
		case err == nil:
			last = t
		case !errors.Is(err, read.ErrUnknown):
			return last, err
		}
		select {
		case <-ctx.Done():
			if last == nil {
				return nil, r.absent(id)
			}
			return last, nil
		case <-tick.C:
		}
	}
}

// absent is the error about a trace of which nothing has arrived.
func (r *Reader) absent(id string) error {
	why := "with SAMPLING=tail, the Collector may have dropped it"
	if r.Tail {
		why = "tail sampling has probably dropped it: it keeps failed and slow requests, and 10 % of the others; " +
			"to try slowdowns, start the lab without SAMPLING=tail and without PIPELINE"
	}
	return fmt.Errorf("no span of trace %s reached Jaeger (%s)", id, why)
}

// A Count is how many of some traces Jaeger has.
type Count struct {
	Asked, Complete int
	Spans           int // of all traces found
	Missing         []string
}

// Lost returns how many traces are missing or incomplete.
func (c Count) Lost() int { return c.Asked - c.Complete }

// String summarizes the count.
func (c Count) String() string {
	return fmt.Sprintf("%d traces started, %d found complete, %d lost (%d spans found)", c.Asked, c.Complete, c.Lost(), c.Spans)
}

// readers is how many traces are read at once.
const readers = 8

// Count looks for all traces, repeatedly for those that are incomplete, until all are complete or patience ends.
func (r *Reader) Count(ctx context.Context, ids []string, patience time.Duration, complete func(*trace.Trace) bool) (Count, error) {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	var (
		mu    sync.Mutex
		count = Count{Asked: len(ids)}
		group errgroup.Group
	)
	group.SetLimit(readers)
	for _, id := range ids {
		group.Go(func() error {
			t, err := r.Await(ctx, id, complete)
			mu.Lock()
			defer mu.Unlock()
			if t != nil {
				count.Spans += len(t.Spans)
				if complete(t) {
					count.Complete++
					return nil
				}
			}
			count.Missing = append(count.Missing, id)
			if t == nil && ctx.Err() == nil {
				return err
			}
			return nil // it is missing because patience ended
		})
	}
	err := group.Wait()
	return count, err
}

// TraceID returns the trace id in the traceresponse header of an answer (W3C Trace Context level 2), which consists of version,
// trace id, span id and flags, separated by hyphens; "" if there is none. The last bit of the flags says whether the request
// was sampled, that is, whether its spans are sent to the Collector.
func TraceID(h http.Header) (id string, sampled bool) {
	parts := strings.Split(h.Get("Traceresponse"), "-")
	if len(parts) != 4 || len(parts[1]) != 32 {
		return "", false
	}
	flags, err := strconv.ParseUint(parts[3], 16, 8)
	return parts[1], err == nil && flags&1 == 1
}

// NotSampled is the error about a request whose traceresponse says that it was not sampled: there is no point in waiting.
func NotSampled(id string) error {
	return fmt.Errorf("this request was not sampled, so trace %s has no spans: its traceresponse ends in -00 "+
		"(send it again, or start the services with SAMPLING=all and without OTEL_TRACES_SAMPLER)", id)
}

// HasUI reports whether the Jaeger at base has pages for people, as released ones do. One that was built from its Go module
// answers with a page that contains no script and says that there is no UI.
func HasUI(ctx context.Context, base string) bool {
	ctx, cancel := context.WithTimeout(ctx, 5*time.Second)
	defer cancel()
	page, err := rest.Fetch(ctx, http.DefaultClient, strings.TrimSuffix(base, "/")+"/search")
	return err == nil && bytes.Contains(page, []byte("<script"))
}
