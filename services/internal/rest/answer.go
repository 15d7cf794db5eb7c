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

// Handle makes a handler of a function that returns its error: what the caller is told is decided here, once.
func Handle(f func(w http.ResponseWriter, r *http.Request) error) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		if err := f(w, r); err != nil {
			Fail(w, r, err)
		}
	}
}

// Answer writes v as JSON.
func Answer(w http.ResponseWriter, status int, v any) error {
	var body bytes.Buffer // whole before the status is out: what cannot be encoded is a 500
	if err := Encode(&body, v); err != nil {
		return err
	}
	return Send(w, status, body.Bytes())
}

// Encode writes v down as Answer does.
func Encode(w io.Writer, v any) error {
	encoder := json.NewEncoder(w)
	encoder.SetEscapeHTML(false)
	return encoder.Encode(v)
}

// Send writes a body that is JSON already, whole: with its length told, it reaches the network without being copied.
func Send(w http.ResponseWriter, status int, body []byte) error {
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("Content-Length", strconv.Itoa(len(body)))
	w.WriteHeader(status)
	if _, err := w.Write(body); err != nil {
		return problem.New(problem.ClientGone, "the caller went away").Because(err)
	}
	return nil
}

// Problem is the body of an answer that is an error (RFC 9457), with the trace in which to look for the cause.
type Problem struct {
	Type    string `json:"type"`
	Title   string `json:"title"`
	Status  int    `json:"status"`
	Detail  string `json:"detail"`
	TraceID string `json:"trace_id,omitempty"`
}

// Fail answers with the problem that err holds, and logs what is the server's fault.
func Fail(w http.ResponseWriter, r *http.Request, err error) {
	ctx := r.Context()
	p := problem.From(ended(ctx, err))
	if p.Status >= 500 {
		logger(ctx).ErrorContext(ctx, "request", "method", r.Method, "path", r.URL.Path, "status", p.Status, "error", err)
	}
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
	_ = json.NewEncoder(w).Encode(body) // the status is out; a caller that hung up cannot be told more
}

// ended gives errors that come from the request's own end their names.
func ended(ctx context.Context, err error) error {
	var p *problem.Error
	switch {
	case errors.As(err, &p):
		return err
	case errors.Is(ctx.Err(), context.DeadlineExceeded):
		return problem.New(http.StatusGatewayTimeout, "the request took longer than %v", requestTimeout).Because(err)
	case errors.Is(ctx.Err(), context.Canceled):
		return problem.New(problem.ClientGone, "the caller went away").Because(err)
	}
	return err
}

func title(status int) string {
	if status == problem.ClientGone {
		return "Client Closed Request"
	}
	return http.StatusText(status)
}

func logger(ctx context.Context) *slog.Logger {
	if log, ok := ctx.Value(logKey{}).(*slog.Logger); ok {
		return log
	}
	return slog.Default()
}
