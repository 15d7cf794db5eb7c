// Package rest is how the services speak HTTP: a router whose requests are traced and whose errors are
// RFC 9457 answers, a client that is its mirror image, and a server that drains before it stops.
// Begin with [NewRouter] on one side and [NewClient] on the other.
package rest

import (
	"context"
	"net/http"
	"strings"
	"time"

	"github.com/go-chi/chi/v5"
	"github.com/go-chi/chi/v5/middleware"
	"go.opentelemetry.io/contrib/instrumentation/net/http/otelhttp"

	"spanwise/internal/problem"
	"spanwise/internal/telemetry"
)

// requestTimeout bounds every request, so that nothing a caller asks for can occupy a service for longer.
const requestTimeout = 30 * time.Second

// NewRouter returns a handler for the routes of a service, which routes adds. Every request is traced,
// answered with its trace id, and bounded in time; every error it meets, a panic included, is answered as a
// problem. ready tells GET /readyz whether the service can do its work.
//
// routes gets a group, whose middlewares run when the route is known: whatever they do, the span has its name.
func NewRouter(tel *telemetry.Telemetry, ready func(context.Context) error, routes func(chi.Router)) http.Handler {
	r := chi.NewRouter()
	r.Use(otelhttp.NewMiddleware("request",
		otelhttp.WithTracerProvider(tel.Traces),
		otelhttp.WithMeterProvider(tel.Metrics),
		otelhttp.WithPropagators(tel.Propagator),
		otelhttp.WithFilter(notHealth)))
	r.Use(middleware.GetHead, answerWithTrace, catch(tel.Log), bound)
	r.NotFound(Handle(noRoute))
	r.MethodNotAllowed(Handle(noMethod))
	r.Get("/livez", func(w http.ResponseWriter, r *http.Request) { w.WriteHeader(http.StatusNoContent) })
	r.Get("/readyz", readyz(ready))
	r.Group(func(r chi.Router) {
		r.Use(nameByRoute, checkPropagation, checkText)
		routes(r)
	})
	return r
}

// notHealth keeps the questions of supervisors, one every few seconds, out of the traces.
func notHealth(r *http.Request) bool { return r.URL.Path != "/livez" && r.URL.Path != "/readyz" }

func readyz(ready func(context.Context) error) http.HandlerFunc {
	return Handle(func(w http.ResponseWriter, r *http.Request) error {
		ctx, cancel := context.WithTimeout(r.Context(), 2*time.Second)
		defer cancel()
		if err := ready(ctx); err != nil {
			return problem.New(http.StatusServiceUnavailable, "not ready: the database does not answer").Because(err).After(time.Second)
		}
		w.WriteHeader(http.StatusNoContent)
		return nil
	})
}

func noRoute(w http.ResponseWriter, r *http.Request) error {
	return problem.New(http.StatusNotFound, "no such resource: %.80q", r.URL.Path)
}

func noMethod(w http.ResponseWriter, r *http.Request) error {
	routes := chi.RouteContext(r.Context()).Routes
	for _, method := range []string{http.MethodGet, http.MethodPost, http.MethodDelete} {
		if routes.Match(chi.NewRouteContext(), method, r.URL.Path) {
			w.Header().Add("Allow", method)
		}
	}
	return problem.New(http.StatusMethodNotAllowed, "%.80q does not understand %s, only %s",
		r.URL.Path, r.Method, strings.Join(w.Header()["Allow"], " and "))
}
