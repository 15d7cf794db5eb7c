package rest

import (
	"context"
	"log/slog"
	"net/http"

	"go.opentelemetry.io/contrib/instrumentation/net/http/otelhttp"
	semconv "go.opentelemetry.io/otel/semconv/v1.43.0"

	"spanwise/internal/problem"
)

type stateKey struct{}

// A state belongs to a request.
type state struct {
	log       *slog.Logger // for errors
	aborted   bool         // whether the connection will be closed without a complete answer
	failed    bool         // whether the fault is the server's; the span knows it only if it is sampled
	requestID string       // what the caller calls it; "" if it has no id
}

// stateOf returns the state that closeAborted put into the context of a request.
func stateOf(ctx context.Context) *state {
	if s, ok := ctx.Value(stateKey{}).(*state); ok {
		return s
	}
	return &state{log: slog.Default()}
}

// closeAborted closes the connection of a request that was aborted. It belongs outside otelhttp, which records neither
// status nor metric if a panic passes through it.
func closeAborted(log *slog.Logger) func(http.Handler) http.Handler {
	return func(next http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			growStack()
			s := &state{log: log}
			next.ServeHTTP(w, r.WithContext(context.WithValue(r.Context(), stateKey{}, s)))
			if s.aborted {
				panic(http.ErrAbortHandler) // asks net/http to close the connection
			}
		})
	}
}

// setAborted makes closeAborted close the connection, and tells the metric of a failed request from that of a good one:
// both may have the status 200, which was sent before the failure.
func setAborted(ctx context.Context) {
	s := stateOf(ctx)
	s.aborted = true
	if labels, ok := otelhttp.LabelerFromContext(ctx); ok && s.failed {
		labels.Add(semconv.ErrorTypeKey.String("aborted"))
	}
}

// failAborted logs the error of an answer that is cut off, and marks the span, if the fault is the server's.
func failAborted(r *http.Request, err error) {
	ctx := r.Context()
	if err = ended(ctx, err); problem.From(err).Status >= http.StatusInternalServerError {
		stateOf(ctx).log.ErrorContext(ctx, "answer aborted", "path", r.URL.Path, "error", err)
		markFailed(ctx, err.Error())
	}
}
