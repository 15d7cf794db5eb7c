package scenariotest

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"testing"

	"go.opentelemetry.io/otel/sdk/trace/tracetest"

	"spanwise/order/shoptest"
)

// Jaeger starts a server that answers as Jaeger's API does, with the spans of a shop under test, but has no UI. It ends with
// the test. Time must be real.
func Jaeger(t testing.TB, shop *shoptest.Shop) *httptest.Server {
	mux := http.NewServeMux()
	answer := func(w http.ResponseWriter, wanted func(tracetest.SpanStub) bool) {
		var spans tracetest.SpanStubs
		for _, s := range shop.Spans.Spans() {
			if wanted(s) {
				spans = append(spans, s)
			}
		}
		if len(spans) == 0 {
			http.Error(w, `{"error":{"httpCode":404,"message":"No traces found"}}`, http.StatusNotFound)
			return
		}
		_ = json.NewEncoder(w).Encode(map[string]json.RawMessage{"result": OTLP(t, spans)}) // the client may have hung up
	}
	mux.HandleFunc("GET /api/v3/traces/{id}", func(w http.ResponseWriter, r *http.Request) {
		answer(w, func(s tracetest.SpanStub) bool { return s.SpanContext.TraceID().String() == r.PathValue("id") })
	})
	mux.HandleFunc("GET /api/v3/traces", func(w http.ResponseWriter, r *http.Request) {
		answer(w, func(tracetest.SpanStub) bool { return true })
	})
	server := httptest.NewServer(mux)
	t.Cleanup(server.Close)
	return server
}
