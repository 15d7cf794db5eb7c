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

// Work ends when the time is over that its caller told, though the connection stands; nonsense is no time.
func TestPatience(t *testing.T) {
	for told, want := range map[string]time.Duration{
		"": 30 * time.Second, "0": 30 * time.Second, "-5": 30 * time.Second, "1e3": 30 * time.Second, "99999999999999999999": 30 * time.Second,
		"9223372036854775807": 30 * time.Second, "30000": 30 * time.Second, "250": 250 * time.Millisecond,
	} {
		synctest.Test(t, func(t *testing.T) {
			h := rest.NewRouter(spantest.New().Telemetry("things", io.Discard), nil, func(r chi.Router) {
				r.Get("/work", func(w http.ResponseWriter, r *http.Request) { <-r.Context().Done() })
			})
			r := httptest.NewRequest(http.MethodGet, "/work", nil)
			r.Header.Set("X-Envoy-Expected-Rq-Timeout-Ms", told)
			began := time.Now()
			h.ServeHTTP(httptest.NewRecorder(), r)
			if got := time.Since(began); got != want {
				t.Errorf("%q: got work for %v, want %v", told, got, want)
			}
		})
	}
}

// A call hands down for how long it waits, and a little more.
func TestPatienceIsTold(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		told := ""
		client, _ := start(t, func(r chi.Router) {
			r.Get("/things", func(w http.ResponseWriter, r *http.Request) {
				told = r.Header.Get("X-Envoy-Expected-Rq-Timeout-Ms")
				w.WriteHeader(http.StatusNoContent)
			})
		})
		if _, err := rest.Do[thing](t.Context(), client, rest.Call{Method: http.MethodGet, Path: "/things"}); err != nil || told != "15050" {
			t.Errorf("got %q told, %v, want 15050", told, err)
		}
	})
}
