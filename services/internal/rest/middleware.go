package rest

import (
	"cmp"
	"fmt"
	"log/slog"
	"net/http"
	"time"

	"github.com/go-chi/chi/v5"
	"github.com/go-chi/chi/v5/middleware"
	"go.opentelemetry.io/contrib/instrumentation/net/http/otelhttp"
	semconv "go.opentelemetry.io/otel/semconv/v1.43.0"
	"go.opentelemetry.io/otel/trace"

	"spanwise/internal/telemetry"
)

// nameByRoute gives span and metric the route that chi matched; without it every server span would be called GET.
// It must be in a group, which is where the route is known. The span of the first service also gets the query, so that
// requests that ask for different things can be told apart; between services the span of the client has it, in its URL.
func nameByRoute(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		ctx := r.Context()
		route := chi.RouteContext(ctx).RoutePattern()
		if span := trace.SpanFromContext(ctx); span.IsRecording() {
			span.SetName(r.Method + " " + route)
			span.SetAttributes(semconv.HTTPRoute(route))
			if r.URL.RawQuery != "" && !isInternal(r) {
				span.SetAttributes(semconv.URLQuery(r.URL.RawQuery))
			}
		}
		if labels, ok := otelhttp.LabelerFromContext(ctx); ok {
			labels.Add(semconv.HTTPRoute(route))
		}
		next.ServeHTTP(w, r)
	})
}

// answerWithTrace names the trace in the answer's traceresponse header, as the W3C specifies it.
func answerWithTrace(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if sc := trace.SpanContextFromContext(r.Context()); sc.IsValid() {
			w.Header().Set("Traceresponse", "00-"+sc.TraceID().String()+"-"+sc.SpanID().String()+"-"+sc.TraceFlags().String())
		}
		next.ServeHTTP(w, r)
	})
}

// slow is how long a request may take before its line in the log is more than a detail.
const slow = time.Second

// logRequests logs a line for each request that is not a health probe, on standard error only: the trace says the same.
// The line of a request that failed or was slow has the level INFO. All others have DEBUG: writing them took 5 % of the CPU
// of inventory. log adds the trace id.
func logRequests(log *slog.Logger) func(http.Handler) http.Handler {
	return func(next http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if isProbe(r) {
				next.ServeHTTP(w, r)
				return
			}
			began, status := time.Now(), 0 // 0 stands for a connection that was aborted
			defer func() { logRequest(log, r, status, time.Since(began)) }()
			written := middleware.NewWrapResponseWriter(w, r.ProtoMajor)
			next.ServeHTTP(written, r)
			switch status = written.Status(); {
			case stateOf(r.Context()).aborted:
				status = 0
			case status == 0:
				status = http.StatusOK
			}
		})
	}
}

func logRequest(log *slog.Logger, r *http.Request, status int, took time.Duration) {
	ctx, level := r.Context(), slog.LevelDebug
	if status == 0 || status >= http.StatusInternalServerError || took >= slow {
		level = slog.LevelInfo
	}
	if !log.Enabled(ctx, level) { // saves making the arguments, for most requests
		return
	}
	route := cmp.Or(chi.RouteContext(ctx).RoutePattern(), r.URL.Path)
	log.Log(telemetry.OnlyLocal(ctx), level, "request", "method", r.Method, "route", route, "status", status, "duration", took)
}

// begun reports whether the status of an answer has been sent.
func begun(w http.ResponseWriter) bool {
	written, ok := w.(middleware.WrapResponseWriter)
	return ok && written.Status() != 0
}

// recoverPanics turns a handler's panic into a 500, or aborts the answer if its status has been sent.
func recoverPanics(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		defer func() {
			switch p := recover(); {
			case p == nil:
			case p == http.ErrAbortHandler:
				setAborted(r.Context())
			case begun(w):
				failAborted(r, fmt.Errorf("panic: %v", p))
				setAborted(r.Context())
			default:
				Fail(w, r, fmt.Errorf("panic: %v", p))
			}
		}()
		next.ServeHTTP(w, r)
	})
}
