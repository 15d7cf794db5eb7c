package native

import (
	"net/http"
	"net/http/httptest"
	"testing"
)

// serveReady returns the address of a server that is ready.
func serveReady(t *testing.T) string {
	t.Helper()
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { w.WriteHeader(http.StatusNoContent) }))
	t.Cleanup(s.Close)
	return s.URL
}

// Only a 2xx means ready.
func TestAsk(t *testing.T) {
	if err := ask(t.Context(), serveReady(t)); err != nil {
		t.Errorf("204: got %v, want ready", err)
	}
	busy := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { w.WriteHeader(http.StatusServiceUnavailable) }))
	defer busy.Close()
	if err := ask(t.Context(), busy.URL); err == nil {
		t.Error("503: got ready, want an error")
	}
}
