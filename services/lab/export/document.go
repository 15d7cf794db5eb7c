package export

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
)

// Documents are traces as Jaeger's API returns them, as OTLP JSON
// (https://opentelemetry.io/docs/specs/otlp/#json-protobuf-encoding).
type Documents struct {
	Jaeger string       // the address of its API
	HTTP   *http.Client // blinded: see spanwise/lab/blind
}

// save writes traces to one file.
func (d Documents) save(ctx context.Context, traces []Trace, file string) error {
	var data struct {
		ResourceSpans []json.RawMessage `json:"resourceSpans"`
	}
	for _, t := range traces {
		spans, err := d.get(ctx, t.ID)
		if err != nil {
			return fmt.Errorf("read trace %s from Jaeger: %w", t.ID, err)
		}
		data.ResourceSpans = append(data.ResourceSpans, spans...)
	}
	return toFile(file, data, "")
}

// get returns the resource spans of a trace.
func (d Documents) get(ctx context.Context, id string) (spans []json.RawMessage, err error) {
	address := strings.TrimSuffix(d.Jaeger, "/") + "/api/v3/traces/" + id + "?raw_traces=true&rawTraces=true" // Jaeger up to 2.19, and later ones
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, address, nil)
	if err != nil {
		return nil, err
	}
	resp, err := d.HTTP.Do(req)
	if err != nil {
		return nil, err
	}
	defer resp.Body.Close()
	if resp.StatusCode != http.StatusOK {
		return nil, errors.New(resp.Status)
	}
	for dec := json.NewDecoder(resp.Body); ; { // one object or a stream of them
		var answer struct {
			Result struct {
				ResourceSpans []json.RawMessage `json:"resourceSpans"`
			} `json:"result"`
		}
		switch err := dec.Decode(&answer); {
		case errors.Is(err, io.EOF) && len(spans) > 0:
			return spans, nil
		case errors.Is(err, io.EOF):
			return nil, errors.New("the answer contains no spans")
		case err != nil:
			return nil, err
		}
		spans = append(spans, answer.Result.ResourceSpans...)
	}
}
