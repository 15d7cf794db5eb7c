package rest

import (
	"context"
	"log/slog"
	"net/http"

	semconv "go.opentelemetry.io/otel/semconv/v1.43.0"
	"go.opentelemetry.io/otel/trace"
)

// requestIDHeader carries an id that a proxy or a client gave to a request. Unlike the trace's id, it is in the proxy's log
// even if the request was not sampled, or never reached a service.
const requestIDHeader = "X-Request-Id"

// maxRequestID is the length of the longest id that is accepted. A UUID has 36 characters.
const maxRequestID = 128

// acceptRequestID puts a request's id on its span and into its answer; its log records and the calls that it makes get it
// from its state. It ignores an id that is too long, or has characters that could make a log ambiguous.
func acceptRequestID(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if id := r.Header.Get(requestIDHeader); isRequestID(id) {
			stateOf(r.Context()).requestID = id
			trace.SpanFromContext(r.Context()).SetAttributes(semconv.HTTPRequestHeader("x-request-id", id))
			w.Header().Set(requestIDHeader, id)
		}
		next.ServeHTTP(w, r)
	})
}

func isRequestID(id string) bool {
	if id == "" || len(id) > maxRequestID {
		return false
	}
	for _, c := range []byte(id) {
		switch {
		case 'a' <= c && c <= 'z', 'A' <= c && c <= 'Z', '0' <= c && c <= '9':
		case c == '-', c == '_', c == '.', c == ':', c == '/', c == '+', c == '=', c == '@': // UUIDs, base64, AWS's Root=1-…
		default:
			return false
		}
	}
	return true
}

// requestID returns the id of the request that ctx belongs to, or "".
func requestID(ctx context.Context) string {
	if s, ok := ctx.Value(stateKey{}).(*state); ok {
		return s.requestID
	}
	return ""
}

// sendRequestID passes the id of the request that a call belongs to on to the callee.
func sendRequestID(r *http.Request) {
	if id := requestID(r.Context()); id != "" {
		r.Header.Set(requestIDHeader, id)
	}
}

// LogRequestIDs returns a handler that adds the id of the request to every record that is logged with the request's context.
func LogRequestIDs(h slog.Handler) slog.Handler { return withRequestID{h} }

type withRequestID struct{ slog.Handler }

func (h withRequestID) Handle(ctx context.Context, r slog.Record) error {
	if id := requestID(ctx); id != "" {
		r.AddAttrs(slog.String("request_id", id))
	}
	return h.Handler.Handle(ctx, r)
}

// WithAttrs and WithGroup override the embedded methods, which would return a handler that adds no ids.

func (h withRequestID) WithAttrs(attrs []slog.Attr) slog.Handler {
	return withRequestID{h.Handler.WithAttrs(attrs)}
}

func (h withRequestID) WithGroup(name string) slog.Handler {
	return withRequestID{h.Handler.WithGroup(name)}
}
