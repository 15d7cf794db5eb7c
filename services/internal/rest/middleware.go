package rest

import (
	"context"
	"fmt"
	"log/slog"
	"net/http"
	"time"

	"github.com/go-chi/chi/v5"
	"go.opentelemetry.io/contrib/instrumentation/net/http/otelhttp"
	"go.opentelemetry.io/otel/baggage"
	"go.opentelemetry.io/otel/propagation"
	semconv "go.opentelemetry.io/otel/semconv/v1.43.0"
	"go.opentelemetry.io/otel/trace"

	"spanwise/internal/fault"
	"spanwise/internal/problem"
)

// nameByRoute gives span and metric the route that chi chose. chi keeps it to itself: without this every
// server span would be called GET. It must be in a group, where routing is done.
func nameByRoute(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		ctx := r.Context()
		route := chi.RouteContext(ctx).RoutePattern()
		span := trace.SpanFromContext(ctx)
		span.SetName(r.Method + " " + route)
		span.SetAttributes(semconv.HTTPRoute(route))
		if labels, ok := otelhttp.LabelerFromContext(ctx); ok {
			labels.Add(semconv.HTTPRoute(route))
		}
		next.ServeHTTP(w, r)
	})
}

// answerWithTrace tells the caller where to find the trace, in the W3C's traceresponse header.
func answerWithTrace(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if sc := trace.SpanContextFromContext(r.Context()); sc.IsValid() {
			w.Header().Set("Traceresponse", fmt.Sprintf("00-%s-%s-%s", sc.TraceID(), sc.SpanID(), sc.TraceFlags()))
		}
		next.ServeHTTP(w, r)
	})
}

// catch turns a handler's panic into a 500 and hands its logger to [Handle], through the context.
func catch(log *slog.Logger) func(http.Handler) http.Handler {
	return func(next http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			ctx := context.WithValue(r.Context(), logKey{}, log)
			defer func() {
				p := recover()
				if p == http.ErrAbortHandler {
					panic(p) // net/http's own way to say: close the connection
				}
				if p != nil {
					Fail(w, r.WithContext(ctx), fmt.Errorf("panic: %v", p))
				}
			}()
			next.ServeHTTP(w, r.WithContext(ctx))
		})
	}
}

type logKey struct{}

// bound ends a request's context after requestTimeout, or when its caller will not wait for the answer any more.
func bound(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		ctx, cancel := context.WithTimeout(r.Context(), requestTimeout)
		defer cancel()
		if patience := patienceOf(r); patience < requestTimeout {
			defer time.AfterFunc(patience, cancel).Stop()
		}
		next.ServeHTTP(w, r.WithContext(ctx))
	})
}

// checkPropagation refuses trace context and baggage that cannot be understood. The W3C would have them
// ignored; in a lab that means a person who mistyped a header and cannot find the trace.
func checkPropagation(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if err := propagated(r.Header); err != nil {
			Fail(w, r, err)
			return
		}
		next.ServeHTTP(w, r)
	})
}

func propagated(h http.Header) error {
	if parent := h.Get("Traceparent"); parent != "" {
		ctx := propagation.TraceContext{}.Extract(context.Background(), propagation.HeaderCarrier(h))
		if !trace.SpanContextFromContext(ctx).IsValid() {
			return problem.New(http.StatusBadRequest,
				"traceparent %.80q is malformed; it looks like 00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01", parent)
		}
	}
	for _, bag := range h.Values("Baggage") {
		if len(bag) > fault.MaxBaggage {
			return problem.New(http.StatusRequestHeaderFieldsTooLarge, "baggage holds %d bytes, at most %d are carried", len(bag), fault.MaxBaggage)
		}
		if _, err := baggage.Parse(bag); err != nil {
			return problem.New(http.StatusBadRequest, "baggage %.80q is malformed; it looks like key=value,other=value", bag).Because(err)
		}
	}
	return nil
}
