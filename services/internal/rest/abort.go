package rest

import (
	"context"
	"net/http"

	"go.opentelemetry.io/contrib/instrumentation/net/http/otelhttp"
	semconv "go.opentelemetry.io/otel/semconv/v1.43.0"
	"go.opentelemetry.io/otel/trace"

	"spanwise/internal/problem"
)

type abortKey struct{}

// closeAborted closes the connection of a request that was aborted. It belongs outside otelhttp, which records neither
// status nor metric if a panic passes through it.
func closeAborted(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		aborted := new(bool)
		next.ServeHTTP(w, r.WithContext(context.WithValue(r.Context(), abortKey{}, aborted)))
		if *aborted {
			panic(http.ErrAbortHandler) // asks net/http to close the connection
		}
	})
}

// setAborted makes closeAborted close the connection, and tells the metric of a failed request from that of a good one:
// both may have the status 200, which was sent before the failure.
func setAborted(ctx context.Context) {
	if aborted, ok := ctx.Value(abortKey{}).(*bool); ok {
		*aborted = true
	}
	if labels, ok := otelhttp.LabelerFromContext(ctx); ok && hasFailed(trace.SpanFromContext(ctx)) {
		labels.Add(semconv.ErrorTypeKey.String("aborted"))
	}
}

// isAborted reports whether the connection of a request will be closed without a complete answer.
func isAborted(ctx context.Context) bool {
	aborted, ok := ctx.Value(abortKey{}).(*bool)
	return ok && *aborted
}

// failAborted logs the error of an answer that is cut off, and marks the span, if the fault is the server's.
func failAborted(r *http.Request, err error) {
	ctx := r.Context()
	if err = ended(ctx, err); problem.From(err).Status >= http.StatusInternalServerError {
		logger(ctx).ErrorContext(ctx, "answer aborted", "path", r.URL.Path, "error", err)
		markFailed(ctx, err.Error())
	}
}
