package rest_test

import (
	"context"
	"io"
	"log/slog"
	"net/http"
	"testing"
	"testing/synctest"

	"github.com/go-chi/chi/v5"
	"go.opentelemetry.io/otel/baggage"
	"go.opentelemetry.io/otel/trace"

	"spanwise/internal/memnet"
	"spanwise/internal/rest"
	"spanwise/internal/telemetry"
)

// With telemetry disabled there is no trace, not even one that a caller began, but baggage reaches the other side.
func TestDisabledTelemetry(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		tel := telemetry.Disabled(slog.New(slog.NewTextHandler(io.Discard, nil)))
		var header http.Header
		handler := rest.NewRouter(tel, func(context.Context) error { return nil }, func(r chi.Router) {
			r.Get("/things", rest.Handle(func(w http.ResponseWriter, r *http.Request) error {
				header = w.Header()
				if trace.SpanContextFromContext(r.Context()).IsValid() {
					t.Error("got a trace")
				}
				return rest.Answer(w, 200, thing{baggage.FromContext(r.Context()).Member("color").Value()})
			}))
		})
		net := memnet.New()
		server := &http.Server{Handler: handler}
		ln := net.Listen("things")
		go server.Serve(ln)
		transport := net.Transport()
		t.Cleanup(func() { server.Close(); transport.CloseIdleConnections() })

		bag, err := baggage.Parse("color=red")
		if err != nil {
			t.Fatal(err)
		}
		got, err := rest.Get[thing](baggage.ContextWithBaggage(t.Context(), bag), rest.NewClient("things", "http://things", tel, transport), "/things", nil)
		if err != nil || got.Name != "red" {
			t.Errorf("got %q, %v, want the baggage", got.Name, err)
		}
		if h := header.Get("Traceresponse"); h != "" {
			t.Errorf("got the header Traceresponse: %s, want none", h)
		}
	})
}
