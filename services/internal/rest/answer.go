package rest

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"log/slog"
	"math"
	"net/http"
	"strconv"

	"go.opentelemetry.io/otel/trace"

	"spanwise/internal/problem"
)

// Handle makes a handler of a function that returns its error: here alone an error becomes an answer.
func Handle(f func(w http.ResponseWriter, r *http.Request) error) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		if err := f(w, r); err != nil {
			Fail(w, r, err)
		}
	}
}

// Answer writes v as JSON.
func Answer(w http.ResponseWriter, status int, v any) error {
	var body bytes.Buffer // encoded before the status is sent, so that a value that cannot be encoded is a 500
	if err := Encode(&body, v); err != nil {
		return err
	}
	return Send(w, status, body.Bytes())
}

// Encode writes v as JSON, as it appears in an answer.
func Encode(w io.Writer, v any) error {
	encoder := json.NewEncoder(w)
	encoder.SetEscapeHTML(false)
	return encoder.Encode(v)
}

// Send writes a body that is JSON already. With its length known it reaches the network without being copied.
func Send(w http.ResponseWriter, status int, body []byte) error {
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("Content-Length", strconv.Itoa(len(body)))
	w.WriteHeader(status)
	_, err := w.Write(body)
	return gone(err)
}

// Document returns a handler that answers with a text that is always the same.
func Document(kind string, text []byte) http.HandlerFunc {
	return Handle(func(w http.ResponseWriter, _ *http.Request) error {
		w.Header().Set("Content-Type", kind)
		_, err := w.Write(text)
		return gone(err)
	})
}

// gone returns the problem of an answer that could not be written; nil if err is nil.
func gone(err error) error {
	if err == nil {
		return nil
	}
	return problem.New(problem.ClientGone, "the caller went away").Because(err)
}

// Problem is the body of an answer that is an error (RFC 9457), with the id of the trace that shows its cause.
type Problem struct {
	Type    string `json:"type"`
	Title   string `json:"title"`
	Status  int    `json:"status"`
	Detail  string `json:"detail"`
	TraceID string `json:"trace_id,omitempty"`
}

// Fail answers with the problem that err contains, and logs it. If the fault is the server's, it logs an error and marks the span.
func Fail(w http.ResponseWriter, r *http.Request, err error) {
	ctx := r.Context()
	err = ended(ctx, err)
	p := problem.From(err)
	level, what := slog.LevelInfo, "request refused"
	if p.Status >= http.StatusInternalServerError {
		level, what = slog.LevelError, "request failed"
		markFailed(ctx, err.Error())
	}
	stateOf(ctx).log.Log(ctx, level, what, "method", r.Method, "path", r.URL.Path, "status", p.Status, "error", err)
	if p.RetryAfter > 0 {
		w.Header().Set("Retry-After", strconv.Itoa(int(math.Ceil(p.RetryAfter.Seconds()))))
	}
	if p.Service != "" {
		w.Header().Set(failedBehind, p.Service)
	}
	body := Problem{Type: "about:blank", Title: title(p.Status), Status: p.Status, Detail: p.Detail}
	if sc := trace.SpanContextFromContext(ctx); sc.IsValid() {
		body.TraceID = sc.TraceID().String()
	}
	w.Header().Set("Content-Type", "application/problem+json")
	w.WriteHeader(p.Status)
	_ = json.NewEncoder(w).Encode(body) // the status is sent, so a write error can no longer be reported
}

// ended maps errors caused by the request's timeout or cancellation to problems.
func ended(ctx context.Context, err error) error {
	if _, ok := errors.AsType[*problem.Error](err); ok {
		return err
	}
	switch ctx.Err() {
	case context.DeadlineExceeded:
		return problem.New(http.StatusGatewayTimeout, "the request took longer than %v", requestTimeout).Because(err)
	case context.Canceled:
		return gone(err)
	}
	return err
}

func title(status int) string {
	if status == problem.ClientGone {
		return "Client Closed Request"
	}
	return http.StatusText(status)
}
