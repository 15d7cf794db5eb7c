package rest_test

import (
	"io"
	"net/http"
	"net/http/httptest"
	"testing"
	"testing/synctest"
	"time"

	"github.com/go-chi/chi/v5"

	"spanwise/internal/rest"
	"spanwise/internal/spantest"
)

// Work ends after the time that its caller waits, even if the connection stays open; an invalid time is ignored.
func TestCallerTimeout(t *testing.T) {
	for sent, want := range map[string]time.Duration{
		"": 30 * time.Second, "0": 30 * time.Second, "-5": 30 * time.Second, "1e3": 30 * time.Second, "99999999999999999999": 30 * time.Second,
		"9223372036854775807": 30 * time.Second, "30000": 30 * time.Second, "250": 250 * time.Millisecond,
	} {
		synctest.Test(t, func(t *testing.T) {
			h := rest.NewRouter(spantest.New().Telemetry("things", io.Discard), nil, func(r chi.Router) {
				r.Get("/work", func(w http.ResponseWriter, r *http.Request) { <-r.Context().Done() })
			})
			r := httptest.NewRequest(http.MethodGet, "/work", nil)
			r.Header.Set("X-Call-Timeout-Ms", sent)
			began := time.Now()
			h.ServeHTTP(httptest.NewRecorder(), r)
			if got := time.Since(began); got != want {
				t.Errorf("%q: got work for %v, want %v", sent, got, want)
			}
		})
	}
}

// A call tells the callee how long it waits, plus a little.
func TestTimeoutIsSent(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		sent := ""
		client, _ := start(t, func(r chi.Router) {
			r.Get("/things", func(w http.ResponseWriter, r *http.Request) {
				sent = r.Header.Get("X-Call-Timeout-Ms")
				w.WriteHeader(http.StatusNoContent)
			})
		})
		if _, err := rest.Get[thing](t.Context(), client, "/things", nil); err != nil || sent != "15050" {
			t.Errorf("got %q, %v, want 15050", sent, err)
		}
	})
}
