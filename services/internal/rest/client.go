package rest

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"go.opentelemetry.io/contrib/instrumentation/net/http/otelhttp"

	"spanwise/internal/fault"
	"spanwise/internal/problem"
	"spanwise/internal/telemetry"
)

// callTimeout bounds one call to another service, its answer and all attempts included.
const callTimeout = 15 * time.Second

// A Client calls one service. Its errors are problems that name the service. It is safe for concurrent use.
type Client struct {
	service string
	base    string
	http    *http.Client
}

// NewClient returns a client of the service at base, such as http://localhost:8081, that traces its calls.
// Connections come from transport, which is its own from now on.
func NewClient(service, base string, tel *telemetry.Telemetry, transport *http.Transport) *Client {
	traced := otelhttp.NewTransport(newWire(service, transport),
		otelhttp.WithTracerProvider(tel.Traces),
		otelhttp.WithMeterProvider(tel.Metrics),
		otelhttp.WithPropagators(tel.Propagator),
		otelhttp.WithSpanNameFormatter(func(_ string, r *http.Request) string { return r.Method + " " + template(r) }))
	return &Client{service: service, base: strings.TrimSuffix(base, "/"), http: &http.Client{Transport: newRetrier(traced)}}
}

// A Call is one request to a service. Path holds the route with names in braces, which the values of
// Vars fill in order: the span is named by the route, the URL by the values.
type Call struct {
	Method string
	Path   string
	Vars   []string
	Query  url.Values
	Body   any // sent as JSON if not nil
}

// Do calls and decodes the answer into a T; an answer without a body leaves it zero.
func Do[T any](ctx context.Context, c *Client, call Call) (T, error) {
	var v T
	caller := ctx
	ctx, cancel := context.WithTimeout(ctx, c.patience(ctx))
	defer cancel()
	req, err := c.request(ctx, call)
	if err != nil {
		return v, err
	}
	resp, err := c.http.Do(req)
	if err != nil {
		return v, c.unanswered(caller, withoutURL(err))
	}
	defer resp.Body.Close()
	switch {
	case resp.StatusCode == problem.ClientGone: // it noticed before us that our time is over
		return v, c.unanswered(caller, context.DeadlineExceeded)
	case resp.StatusCode >= 400:
		return v, c.refused(resp)
	}
	if resp.StatusCode == http.StatusNoContent {
		return v, nil
	}
	if err := json.NewDecoder(resp.Body).Decode(&v); err != nil {
		return v, c.unanswered(caller, fmt.Errorf("read its answer: %w", err))
	}
	_, err = io.Copy(io.Discard, resp.Body) // a connection is used again, and its span ended, only after the last byte
	return v, err
}

// patience is how long a call may take.
func (c *Client) patience(ctx context.Context) time.Duration {
	return fault.Timeout(ctx, c.service, callTimeout)
}

func (c *Client) request(ctx context.Context, call Call) (*http.Request, error) {
	var body io.Reader
	if call.Body != nil {
		text, err := json.Marshal(call.Body)
		if err != nil {
			return nil, err
		}
		body = bytes.NewReader(text)
	}
	ctx = context.WithValue(ctx, templateKey{}, call.Path)
	req, err := http.NewRequestWithContext(ctx, call.Method, c.base+expand(call.Path, call.Vars), body)
	if err != nil {
		return nil, err
	}
	req.URL.RawQuery = call.Query.Encode()
	if body != nil {
		req.Header.Set("Content-Type", "application/json")
	}
	return req, nil
}

// unanswered names what happened to a call that got no whole answer.
func (c *Client) unanswered(caller context.Context, err error) error {
	var dial *net.OpError
	switch {
	case caller.Err() != nil:
		return err // our own caller's patience ended, which is not this service's fault
	case errors.Is(err, context.DeadlineExceeded):
		return problem.New(http.StatusGatewayTimeout, "%s gave no answer within %v", c.service, c.patience(caller)).Because(err).From(c.service)
	case errors.As(err, &dial) && dial.Op == "dial":
		return problem.New(http.StatusServiceUnavailable, "%s cannot be reached", c.service).Because(err).After(time.Second).From(c.service)
	}
	return problem.New(http.StatusBadGateway, "%s broke off its answer", c.service).Because(err).From(c.service)
}

// withoutURL takes the address off an error of a client's: with a thousand products in its query it drowns the log, and
// what was called the trace tells.
func withoutURL(err error) error {
	if u, ok := errors.AsType[*url.Error](err); ok {
		return u.Err
	}
	return err
}

// refused turns an error answer into this service's own: what is the caller's to mend is passed on word for
// word, what is the other service's fault is named as that.
func (c *Client) refused(resp *http.Response) error {
	var p Problem
	text, _ := io.ReadAll(io.LimitReader(resp.Body, maxBody))
	if json.Unmarshal(text, &p) != nil || p.Detail == "" {
		p.Detail = http.StatusText(resp.StatusCode)
	}
	if resp.StatusCode < 500 {
		return problem.New(resp.StatusCode, "%s", p.Detail)
	}
	out := problem.New(http.StatusBadGateway, "%s answered %d: %s", c.service, resp.StatusCode, p.Detail).From(c.service)
	if resp.StatusCode == http.StatusServiceUnavailable || resp.StatusCode == http.StatusGatewayTimeout {
		out.Status = resp.StatusCode
	}
	if s, err := strconv.Atoi(resp.Header.Get("Retry-After")); err == nil {
		out.RetryAfter = time.Duration(s) * time.Second
	}
	return out
}

type templateKey struct{}

func template(r *http.Request) string {
	path, _ := r.Context().Value(templateKey{}).(string)
	return path
}

// expand replaces each {name} of a path by the next value.
func expand(path string, vars []string) string {
	for _, v := range vars {
		open, end := strings.IndexByte(path, '{'), strings.IndexByte(path, '}')
		path = path[:open] + url.PathEscape(v) + path[end+1:]
	}
	return path
}
