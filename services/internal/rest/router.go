// Package rest is how the services speak HTTP: a router that traces and logs requests and answers errors as RFC 9457
// says, a client that is its mirror image, and a server that drains before it stops.
// Begin with [NewRouter] on one side and [NewClient] on the other.
package rest

import (
	"context"
	"net/http"
	"strings"
	"time"

	"github.com/go-chi/chi/v5"
	"github.com/go-chi/chi/v5/middleware"

	"spanwise/internal/problem"
	"spanwise/internal/telemetry"
)

// NewRouter returns a handler for the routes of a service, which routes adds. Every request is traced, logged,
// answered with its trace id, and bounded in time; every error, a panic included, is answered as a problem.
// ready reports to GET /readyz whether the service can do its work.
//
// routes gets a group, whose middlewares run when the route is known, so that spans have its name.
func NewRouter(tel *telemetry.Telemetry, ready func(context.Context) error, routes func(chi.Router)) http.Handler {
	r := chi.NewRouter()
	r.Use(closeAborted(tel.Log), instrument(tel))
	r.Use(middleware.GetHead, answerWithTrace, acceptRequestID, logRequests(tel.Log), recoverPanics, bound)
	r.NotFound(Handle(noRoute))
	r.MethodNotAllowed(Handle(noMethod))
	r.Get("/livez", func(w http.ResponseWriter, r *http.Request) { w.WriteHeader(http.StatusNoContent) })
	r.Get(readyPath, readyz(ready))
	r.Group(func(r chi.Router) {
		r.Use(nameByRoute, checkRequest)
		routes(r)
	})
	return r
}

// isProbe reports whether a request is a health probe. There is one every few seconds; none is traced or logged.
func isProbe(r *http.Request) bool { return r.URL.Path == "/livez" || r.URL.Path == readyPath }

const readyPath = "/readyz"

func readyz(ready func(context.Context) error) http.HandlerFunc {
	return Handle(func(w http.ResponseWriter, r *http.Request) error {
		ctx, cancel := context.WithTimeout(r.Context(), 2*time.Second)
		defer cancel()
		if err := ready(ctx); err != nil {
			return problem.Unavailable("not ready: the database does not answer").Because(err)
		}
		w.WriteHeader(http.StatusNoContent)
		return nil
	})
}

func noRoute(w http.ResponseWriter, r *http.Request) error {
	return problem.NotFound("no such resource: %.80q", r.URL.Path)
}

func noMethod(w http.ResponseWriter, r *http.Request) error {
	routes := chi.RouteContext(r.Context()).Routes
	for _, method := range []string{http.MethodGet, http.MethodPost, http.MethodDelete} {
		if routes.Match(chi.NewRouteContext(), method, r.URL.Path) {
			w.Header().Add("Allow", method)
		}
	}
	return problem.New(http.StatusMethodNotAllowed, "%.80q does not support %s, only %s",
		r.URL.Path, r.Method, strings.Join(w.Header()["Allow"], " and "))
}
