package main

import (
	"io"
	"net/http"
	"net/http/httptest"
	"testing"
)

// A trace is shown on Jaeger's page if it has one, and otherwise by the doctor.
func TestTraceAt(t *testing.T) {
	for text, page := range map[string]bool{`<html><script src="./static/index.js"></script></html>`: true, "<html>not the UI you are looking for</html>": false} {
		server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { io.WriteString(w, text) }))
		want := ".bin/doctor -jaeger " + server.URL + " "
		if page {
			want = server.URL + "/trace/"
		}
		if got := traceAt(t.Context(), server.URL); got != want {
			t.Errorf("%s: got %s, want %s", text, got, want)
		}
		server.Close()
		if got, want := traceAt(t.Context(), server.URL), ".bin/doctor -jaeger "+server.URL+" "; got != want {
			t.Errorf("no server: got %s, want %s", got, want)
		}
	}
}
