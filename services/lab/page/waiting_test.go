package page

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"spanwise/lab/status"
)

// The home page names what is not ready, and nothing once everything is. The JSON says the same.
func TestWaiting(t *testing.T) {
	ready := http.StatusServiceUnavailable
	part := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { w.WriteHeader(ready) }))
	defer part.Close()
	server := httptest.NewServer(New(Site{Shown: map[string]string{}, Jaeger: part.URL,
		Status: status.Checker{Client: http.DefaultClient, Targets: []status.Target{{Name: "otelcol", URL: part.URL}}}}))
	defer server.Close()
	state := part.URL + " answered 503 Service Unavailable"
	if _, text := visit(t, "GET", server.URL, ""); !strings.Contains(text, "<li><b>otelcol</b> <span>"+state) {
		t.Errorf("the page does not say that otelcol is missing:\n%s", text)
	}
	if _, text := visit(t, "GET", server.URL+"/waiting", ""); text != `[{"name":"otelcol","ready":false,"state":"`+state+"\"}]\n" {
		t.Errorf("got %s", text)
	}
	ready = http.StatusOK
	if _, text := visit(t, "GET", server.URL, ""); strings.Contains(text, "otelcol") {
		t.Errorf("the page says that something is missing:\n%s", text)
	}
	if _, text := visit(t, "GET", server.URL+"/waiting", ""); text != "[]\n" {
		t.Errorf("got %s, want an empty list", text)
	}
}
