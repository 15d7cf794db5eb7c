package rest

import (
	"cmp"
	"context"
	"net/http"
	"net/url"
	"strings"
	"unicode/utf8"

	"github.com/go-chi/chi/v5"
	"go.opentelemetry.io/otel/baggage"
	"go.opentelemetry.io/otel/propagation"
	"go.opentelemetry.io/otel/trace"

	"spanwise/internal/fault"
	"spanwise/internal/problem"
)

// checkRequest refuses requests with malformed headers, paths or queries.
func checkRequest(next http.Handler) http.Handler {
	return Handle(func(w http.ResponseWriter, r *http.Request) error {
		if err := cmp.Or(checkPropagation(r), checkText(r)); err != nil {
			return err
		}
		next.ServeHTTP(w, r)
		return nil
	})
}

// checkPropagation checks trace context and baggage. The W3C would have a malformed header ignored; in a lab that
// would leave a person who mistyped it without a trace to find.
func checkPropagation(r *http.Request) error {
	if parent := r.Header.Get("Traceparent"); parent != "" {
		ctx := propagation.TraceContext{}.Extract(context.Background(), propagation.HeaderCarrier(r.Header))
		if !trace.SpanContextFromContext(ctx).IsValid() {
			return problem.Invalid("traceparent %.80q is malformed; it looks like 00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01", parent)
		}
	}
	return checkBaggage(strings.Join(r.Header.Values("Baggage"), ",")) // several headers are one list (RFC 9110, 5.3)
}

// checkBaggage checks what OpenTelemetry would accept in part, or drop.
func checkBaggage(bag string) error {
	if len(bag) > fault.MaxBaggage {
		return problem.New(http.StatusRequestHeaderFieldsTooLarge, "baggage has %d bytes; the maximum is %d", len(bag), fault.MaxBaggage)
	}
	members := 0
	for member := range strings.SplitSeq(bag, ",") {
		if strings.TrimSpace(member) == "" {
			continue // as RFC 9110, 5.6.1 requires
		}
		members++
		if _, err := baggage.Parse(member); err != nil {
			return problem.Invalid("baggage %.80q is malformed; it looks like key=value,other=value", member).Because(err)
		}
	}
	if members > fault.MaxMembers {
		return problem.New(http.StatusRequestHeaderFieldsTooLarge, "baggage has %d members; the maximum is %d", members, fault.MaxMembers)
	}
	return nil
}

// checkText checks that path and query are text, and unescapes the path's values, which chi leaves as they were sent.
func checkText(r *http.Request) error {
	if err := CheckText("the path", r.URL.Path); err != nil {
		return err
	}
	if r.URL.RawPath != "" {
		for _, name := range chi.RouteContext(r.Context()).URLParams.Keys {
			if value, err := url.PathUnescape(r.PathValue(name)); err == nil {
				r.SetPathValue(name, value)
			}
		}
	}
	if !strings.ContainsAny(r.URL.RawQuery, "%;") {
		return CheckText("the query", r.URL.RawQuery)
	}
	query, err := url.ParseQuery(r.URL.RawQuery)
	if err != nil {
		return problem.Invalid("the query cannot be parsed: %v", err)
	}
	for name, values := range query {
		if err := CheckText("the query parameter "+strings.ToValidUTF8(name, "�"), values...); err != nil {
			return err
		}
	}
	return nil
}

// CheckText returns a problem if a text is not UTF-8 or contains a NUL, which PostgreSQL cannot store.
func CheckText(what string, texts ...string) error {
	for _, text := range texts {
		if !utf8.ValidString(text) || strings.ContainsRune(text, 0) {
			return problem.Invalid("%s %.80q is not text: it must be valid UTF-8 without NUL", what, text)
		}
	}
	return nil
}
