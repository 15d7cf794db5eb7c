package rest_test

import (
	"context"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"testing"

	"github.com/go-chi/chi/v5"

	"spanwise/internal/memnet"
	"spanwise/internal/rest"
	"spanwise/internal/spantest"
)

const idAttribute = "http.request.header.x-request-id"

// The id of a request is on its span, its log records, its answer, and the call that it makes, and so on the callee's span.
func TestRequestID(t *testing.T) {
	network, rec, log := memnet.New(), spantest.New(), new(strings.Builder)
	ready := func(context.Context) error { return nil }
	tel := rec.Telemetry("edge", log)
	debug := slog.NewTextHandler(log, &slog.HandlerOptions{Level: slog.LevelDebug}) // the level of a request's line
	tel.Log = slog.New(rest.LogRequestIDs(debug)).With("a", 1)
	next := rest.NewClient("next", "http://next", tel, network.Transport())
	edge := rest.NewRouter(tel, ready, func(r chi.Router) {
		r.Get("/", rest.Handle(func(w http.ResponseWriter, r *http.Request) error {
			_, err := rest.Get[struct{}](r.Context(), next, "/", url.Values{})
			return err
		}))
	})
	server := &http.Server{Handler: rest.NewRouter(rec.Telemetry("next", io.Discard), ready, func(r chi.Router) {
		r.Get("/", func(w http.ResponseWriter, r *http.Request) { io.WriteString(w, "{}") })
	})}
	go server.Serve(network.Listen("next"))
	defer server.Close()

	for id, accepted := range map[string]bool{
		"7f3c1a0e-4c6b-4f0e-9d3f-0a1b2c3d4e5f":     true,
		"Root=1-5759e988-bd862e3fe1be46a994272793": true,
		strings.Repeat("x", 128):                   true,
		strings.Repeat("x", 129):                   false,
		"":                                         false,
		"two words":                                false,
		"a\tstatus=200":                            false,
		`quoted"`:                                  false,
		"größe":                                    false,
	} {
		rec.Reset()
		log.Reset()
		r := httptest.NewRequest("GET", "/", nil)
		r.Header.Set("X-Request-ID", id)
		w := httptest.NewRecorder()
		edge.ServeHTTP(w, r)

		want, spans := "", 0
		if accepted {
			want, spans = id, 2
		}
		if got := w.Header().Get("X-Request-ID"); w.Code != http.StatusOK || got != want {
			t.Errorf("%q: got status %d and the id %q, want %q", id, w.Code, got, want)
		}
		if got := spansWithID(rec, want); got != spans {
			t.Errorf("%q: got %d server spans with the id, want %d:\n%s", id, got, spans, rec.Tree())
		}
		if got := strings.Contains(log.String(), "request_id="); got != accepted {
			t.Errorf("%q: got the log %s", id, log)
		}
	}
}

// spansWithID counts the spans that have exactly that id.
func spansWithID(rec *spantest.Recorder, id string) (n int) {
	for _, span := range rec.Spans() {
		for _, kv := range span.Attributes {
			if kv.Key == idAttribute && slices.Equal(kv.Value.AsStringSlice(), []string{id}) {
				n++
			}
		}
	}
	return n
}
