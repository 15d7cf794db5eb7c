package export

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"

	"spanwise/internal/rest"
)

// saveTraces writes traces to one file, as Jaeger's API returns them: in OTLP JSON
// (https://opentelemetry.io/docs/specs/otlp/#json-protobuf-encoding).
func (e *exporter) saveTraces(ctx context.Context, traces []Trace, file string) error {
	var data struct {
		ResourceSpans []json.RawMessage `json:"resourceSpans"`
	}
	for _, t := range traces {
		spans, err := e.resourceSpans(ctx, t.ID)
		if err != nil {
			return fmt.Errorf("read trace %s from Jaeger: %w", t.ID, err)
		}
		data.ResourceSpans = append(data.ResourceSpans, spans...)
	}
	return WriteJSON(file, data, "")
}

func (e *exporter) resourceSpans(ctx context.Context, id string) (spans []json.RawMessage, err error) {
	// Jaeger up to 2.19 reads the first parameter, later ones the second.
	address := strings.TrimSuffix(e.Jaeger, "/") + "/api/v3/traces/" + id + "?raw_traces=true&rawTraces=true"
	text, err := rest.Fetch(ctx, e.http, address)
	if err != nil {
		return nil, err
	}
	for dec := json.NewDecoder(bytes.NewReader(text)); ; { // one object or a stream of them
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
