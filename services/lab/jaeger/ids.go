package jaeger

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"sync"

	"golang.org/x/sync/errgroup"
)

// SpanIDs returns how often Jaeger has each span of a trace, by its id in hexadecimal. A span can be there twice if it was sent
// again, because the answer to the first attempt was lost; a [trace.Trace] has such copies merged. Of a trace that Jaeger does
// not have, there are none.
func (r *Reader) SpanIDs(ctx context.Context, traceID string) (map[string]int, error) {
	// Jaeger up to 2.19 reads the first parameter, later ones the second.
	address := r.base + "/api/v3/traces/" + traceID + "?raw_traces=true&rawTraces=true"
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, address, nil)
	if err != nil {
		return nil, err
	}
	resp, err := r.http.Do(req)
	if err != nil {
		return nil, err
	}
	defer resp.Body.Close()
	switch resp.StatusCode {
	case http.StatusOK:
		return spanIDs(resp.Body)
	case http.StatusNotFound:
		_, err := io.Copy(io.Discard, resp.Body) // so that the connection can be used again
		return nil, err
	}
	return nil, fmt.Errorf("%s answered %s", address, resp.Status)
}

// EachSpanIDs reads the spans of traces, atOnce traces at a time, as [Reader.SpanIDs] does, and gives them to whole, one trace after
// another, which reports whether a trace is whole. It asks for no more traces once that many are not, or could not be read: reading
// the others would only keep Jaeger from storing the spans that are still on their way. It returns the first error.
func (r *Reader) EachSpanIDs(ctx context.Context, ids []string, atOnce, behind int, whole func(id string, spans map[string]int) bool) error {
	var mu sync.Mutex
	var group errgroup.Group
	group.SetLimit(atOnce)
	incomplete := 0
	isBehind := func() bool {
		mu.Lock()
		defer mu.Unlock()
		return incomplete >= behind
	}
	for _, id := range ids {
		if isBehind() {
			break
		}
		group.Go(func() error {
			spans, err := r.SpanIDs(ctx, id)
			mu.Lock()
			defer mu.Unlock()
			if err != nil || !whole(id, spans) {
				incomplete++
			}
			return err
		})
	}
	return group.Wait()
}

// spanIDs reads Jaeger's answer: one object or a stream of them, each with OTLP in JSON
// (https://opentelemetry.io/docs/specs/otlp/#json-protobuf-encoding).
func spanIDs(text io.Reader) (map[string]int, error) {
	times := map[string]int{}
	for dec := json.NewDecoder(text); ; {
		var answer struct {
			Result struct {
				ResourceSpans []struct {
					ScopeSpans []struct {
						Spans []struct {
							SpanID string `json:"spanId"`
						}
					}
				}
			}
		}
		switch err := dec.Decode(&answer); {
		case errors.Is(err, io.EOF):
			return times, nil
		case err != nil:
			return nil, fmt.Errorf("read Jaeger's answer: %w", err)
		}
		for _, resource := range answer.Result.ResourceSpans {
			for _, scope := range resource.ScopeSpans {
				for _, span := range scope.Spans {
					times[span.SpanID]++
				}
			}
		}
	}
}
