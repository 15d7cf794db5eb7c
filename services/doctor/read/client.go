package read

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"time"

	"spanwise/doctor/trace"
)

// A Client reads traces from a running Jaeger, or from anything that speaks its query API. It is safe for concurrent use.
type Client struct{ server }

// Jaeger makes a client for the Jaeger at base, such as http://localhost:16686. The client's Timeout bounds each
// request, including its response; an address without a scheme is http.
func Jaeger(base string, client *http.Client) *Client { return JaegerWith(base, client, nil) }

// JaegerWith is Jaeger with headers for each request, such as the token that a proxy asks for.
func JaegerWith(base string, client *http.Client, header http.Header) *Client {
	return &Client{newServer("jaeger", base, client, header)}
}

// Trace reads one trace. The id is hex and may lack its leading zeros; an unknown id gives [ErrUnknown].
func (c *Client) Trace(ctx context.Context, id string) (*trace.Trace, error) {
	if !IsTraceID(id) {
		return nil, fmt.Errorf("%q is not a trace id (want up to 32 hex digits)", id)
	}
	id = strings.ToLower(id)
	traces, err := c.query(ctx,
		"/api/v3/traces/"+id+"?raw_traces=true&rawTraces=true",
		"/api/traces/"+id+"?raw=true")
	if errors.Is(err, ErrUnknown) || err == nil && len(traces) == 0 {
		return nil, Advise("if it is new, try again in a second; or it was not sampled", "trace %s: %w in %s", id, ErrUnknown, c)
	}
	if err != nil {
		return nil, fmt.Errorf("trace %s: %w", id, err)
	}
	return traces[0], nil
}

// Find reads the traces in which service took part since the given time, the oldest first, at most [MaxTraces]. Finding none is
// not an error.
func (c *Client) Find(ctx context.Context, service string, since time.Time) ([]*trace.Trace, error) {
	return c.FindBetween(ctx, service, since, time.Now())
}

// FindBetween is Find for a time that has an end.
func (c *Client) FindBetween(ctx context.Context, service string, from, to time.Time) ([]*trace.Trace, error) {
	s := search{unit: 1, ask: func(ctx context.Context, w window) ([]hit, error) { return c.page(ctx, Query{Service: service}, w) }}
	hits, all, err := s.run(ctx, from, to)
	if err != nil {
		return nil, fmt.Errorf("traces of %s: %w", service, err)
	}
	var traces []*trace.Trace
	for _, h := range hits {
		traces = append(traces, h.trace)
	}
	return newest(traces, all, s.gaps, service), nil
}

// page asks for the traces in a window.
func (c *Client) page(ctx context.Context, q Query, w window) ([]hit, error) {
	traces, err := c.query(ctx, q.addresses(w)...)
	if err != nil && !errors.Is(err, ErrUnknown) {
		return nil, err
	}
	var hits []hit
	for _, t := range traces {
		first, last := extent(t, q.Service)
		hits = append(hits, hit{t.ID, first, last, t})
	}
	return hits, nil
}

// extent is when the first and the last span of a service began. Spans are sorted by their start.
func extent(t *trace.Trace, service string) (first, last trace.Micros) {
	of := func(s *trace.Span) bool { return s.Service == service || service == "" }
	i := slices.IndexFunc(t.Spans, of)
	if i < 0 {
		return t.Spans[0].Start, t.Spans[len(t.Spans)-1].Start
	}
	first = t.Spans[i].Start
	for _, s := range t.Spans[i:] {
		if of(s) {
			last = s.Start
		}
	}
	return first, last
}

// camel spells a snake_case key in camelCase.
func camel(key string) string {
	first, rest, _ := strings.Cut(key, "_")
	var b strings.Builder
	b.WriteString(first)
	for word := range strings.SplitSeq(rest, "_") {
		if word != "" {
			b.WriteString(strings.ToUpper(word[:1]) + word[1:])
		}
	}
	return b.String()
}

// query tries the newer address, then the older one: Jaeger has had the newer since 1.x and drops the older after 2.20.
func (c *Client) query(ctx context.Context, addresses ...string) ([]*trace.Trace, error) {
	var misses []string
	unknown := false
	for _, address := range addresses {
		traces, err := c.get(ctx, address)
		stranger := strangerError("")
		switch {
		case errors.Is(err, ErrUnknown): // or the server does not know the address, and answers in JSON
			unknown = true
		case errors.As(err, &stranger):
			misses = append(misses, c.miss(address, stranger))
		default:
			return traces, err
		}
	}
	if unknown {
		return nil, ErrUnknown
	}
	return nil, c.stranger(ctx, misses)
}
