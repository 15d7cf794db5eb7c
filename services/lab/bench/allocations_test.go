package bench

import (
	"context"
	"net/http"
	"testing"

	"github.com/go-chi/chi/v5"
)

// The measurement notices a middleware that allocates.
func TestPerRequest(t *testing.T) {
	type key struct{}
	costly := func(next http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			next.ServeHTTP(w, r.WithContext(context.WithValue(r.Context(), key{}, r)))
		})
	}
	without := perRequest(func(chi.Router) {})
	if with := perRequest(func(r chi.Router) { r.Use(costly) }); with <= without {
		t.Errorf("got %d allocations with a costly middleware and %d without, want more", with, without)
	}
}
