package jaeger

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
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
