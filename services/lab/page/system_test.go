package page

import (
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"spanwise/lab/jaeger"
	"spanwise/lab/scenario/scenariotest"
	"spanwise/order/shoptest"
)

// started serves the page for real services and a fake Jaeger that has their spans.
func started(t *testing.T) *httptest.Server {
	t.Helper()
	return startedWith(t, func(jaeger http.Handler) http.Handler { return jaeger })
}

// startedWith is started with a Jaeger that is wrapped.
func startedWith(t *testing.T, wrap func(http.Handler) http.Handler) *httptest.Server {
	t.Helper()
	shop := shoptest.Start(t, nil, true)
	traces := httptest.NewServer(wrap(scenariotest.Jaeger(t, shop).Config.Handler))
	t.Cleanup(traces.Close)
	return serving(t, Site{Shop: scenariotest.Client(shop), Traces: jaeger.New(traces.URL, http.DefaultTransport), Jaeger: traces.URL})
}

// serving serves the page for a site.
func serving(t *testing.T, site Site) *httptest.Server {
	t.Helper()
	site.Shown = map[string]string{
		"order": "http://localhost:8080", "inventory": "http://localhost:8081", "pricing": "http://localhost:8082", "jaeger": site.Jaeger}
	server := httptest.NewServer(New(site))
	t.Cleanup(server.Close)
	return server
}

// visit makes a request as the page does in a browser, follows redirects, and returns the status and the page.
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
