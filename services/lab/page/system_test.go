package page

import (
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"go.opentelemetry.io/otel/sdk/trace/tracetest"

	"spanwise/lab/jaeger"
	"spanwise/lab/scenario/scenariotest"
	"spanwise/order/shoptest"
)

// started is the page over a shop of real services and a Jaeger that serves their spans.
func started(t *testing.T) *httptest.Server {
	t.Helper()
	shop := shoptest.Start(t, nil, true)
	traces := httptest.NewServer(serveTraces(t, shop))
	t.Cleanup(traces.Close)
	site := Site{Shop: scenariotest.Shop(shop), Traces: jaeger.New(traces.URL), Jaeger: traces.URL, Shown: map[string]string{
		"order": "http://localhost:8080", "inventory": "http://localhost:8081", "pricing": "http://localhost:8082", "jaeger": traces.URL}}
	server := httptest.NewServer(New(site))
	t.Cleanup(server.Close)
	return server
}

// serveTraces answers as Jaeger's API does, and like one that has no pages.
func serveTraces(t *testing.T, shop *shoptest.Shop) http.Handler {
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
		_ = json.NewEncoder(w).Encode(map[string]json.RawMessage{"result": scenariotest.OTLP(t, spans)})
	}
	mux.HandleFunc("GET /api/v3/traces/{id}", func(w http.ResponseWriter, r *http.Request) {
		answer(w, func(s tracetest.SpanStub) bool { return s.SpanContext.TraceID().String() == r.PathValue("id") })
	})
	mux.HandleFunc("GET /api/v3/traces", func(w http.ResponseWriter, r *http.Request) {
		answer(w, func(tracetest.SpanStub) bool { return true })
	})
	return mux
}

// visit makes a request as a browser on the page does, follows where it leads, and returns the status and the page.
func visit(t *testing.T, method, address, form string) (int, string) {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), method, address, strings.NewReader(form))
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	req.Header.Set("Sec-Fetch-Site", "same-origin")
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	text, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	return resp.StatusCode, string(text)
}
