package main

import (
	"net/http"
	"net/http/httptest"
	"testing"
)

// A trace is shown on Jaeger's page where there is one, and else by its API.
func TestTraceAt(t *testing.T) {
	for contentType, want := range map[string]string{"text/html; charset=utf-8": "/trace/", "application/json": "/api/traces/"} {
		server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Content-Type", contentType)
		}))
		if got := traceAt(t.Context(), server.URL); got != server.URL+want {
			t.Errorf("%s: got %s, want %s", contentType, got, server.URL+want)
		}
		server.Close()
		if got := traceAt(t.Context(), server.URL); got != server.URL+"/api/traces/" {
			t.Errorf("nobody there: got %s, want its API", got)
		}
	}
}
