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

	jsonv2 "github.com/go-json-experiment/json"

	"spanwise/internal/fault"
	"spanwise/internal/problem"
	"spanwise/internal/telemetry"
)

// callTimeout bounds a call to another service, including its answer and all attempts.
const callTimeout = 15 * time.Second

// A Client calls one service. Its errors are problems that name the service. It is safe for concurrent use.
type Client struct {
	service string
	base    string
	http    *http.Client
}

// NewClient returns a client of the service at base, such as http://localhost:8081, that traces its calls. It gets its
// connections from pooled, which the caller must not use for anything else.
func NewClient(service, base string, tel *telemetry.Telemetry, pooled *http.Transport) *Client {
	attempt := instrumentCalls(tel, newTransport(service, pooled))
	return &Client{service: service, base: strings.TrimSuffix(base, "/"), http: &http.Client{Transport: newRetrier(attempt)}}
}

// Get requests a path and decodes the answer into a T. vars replace the names in braces of the path, in order. The span has
// the path with the names, like the route of the other side.
func Get[T any](ctx context.Context, c *Client, path string, query url.Values, vars ...string) (T, error) {
	return do[T](ctx, c, call{method: http.MethodGet, path: path, vars: vars, query: query})
}

// Post sends a value as JSON, and decodes the answer into a T. vars are as in [Get].
func Post[T any](ctx context.Context, c *Client, path string, value any, vars ...string) (v T, err error) {
	body, err := json.Marshal(value)
	if err != nil {
		return v, err
	}
	return do[T](ctx, c, call{method: http.MethodPost, path: path, vars: vars, body: body})
}

// Delete deletes what is at a path. vars are as in [Get].
func Delete(ctx context.Context, c *Client, path string, vars ...string) error {
	_, err := do[struct{}](ctx, c, call{method: http.MethodDelete, path: path, vars: vars})
	return err
}

type call struct {
	method, path string
	vars         []string
	query        url.Values
	body         []byte // JSON; may be nil
}

func (c *Client) request(ctx context.Context, call call) (*http.Request, error) {
	ctx = context.WithValue(ctx, routeKey{}, call.path)
	req, err := http.NewRequestWithContext(ctx, call.method, c.base+expand(call.path, call.vars), bytes.NewReader(call.body))
	if err != nil {
		return nil, err
	}
	req.URL.RawQuery = call.query.Encode()
	if call.body != nil {
		req.Header.Set("Content-Type", "application/json")
	}
	return req, nil
}

// do makes a call and decodes the answer; an answer without a body leaves the result zero.
func do[T any](caller context.Context, c *Client, call call) (v T, err error) {
	growStack()
	ctx, cancel := context.WithTimeout(caller, c.timeout(caller))
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
	case resp.StatusCode == problem.ClientGone: // the callee noticed first that the time is over
		return v, c.unanswered(caller, context.DeadlineExceeded)
	case resp.StatusCode >= http.StatusBadRequest:
		return v, c.refused(resp)
	case resp.StatusCode == http.StatusNoContent:
		return v, nil
	}
	// This reads to the end: only after the last byte is the connection reused and the span ended.
	if err := jsonv2.UnmarshalRead(resp.Body, &v); err != nil {
		return v, c.unanswered(caller, fmt.Errorf("read its answer: %w", err))
	}
	return v, nil
}

// timeout is how long a call may take.
func (c *Client) timeout(ctx context.Context) time.Duration {
	return fault.Timeout(ctx, c.service, callTimeout)
}

// unanswered returns the problem of a call that got no complete answer.
func (c *Client) unanswered(caller context.Context, err error) error {
	var dial *net.OpError
	switch {
	case caller.Err() != nil:
		return err // the caller's own time is over, which is not this service's fault
	case errors.Is(err, context.DeadlineExceeded):
		return problem.New(http.StatusGatewayTimeout, "%s gave no answer within %v", c.service, c.timeout(caller)).Because(err).From(c.service)
	case errors.As(err, &dial) && dial.Op == "dial":
		return problem.Unavailable("%s cannot be reached", c.service).Because(err).From(c.service)
	}
	return problem.New(http.StatusBadGateway, "%s broke off its answer", c.service).Because(err).From(c.service)
}

// withoutURL removes the address from a client's error: with a thousand products in its query it would fill the log,
// and the trace records it.
func withoutURL(err error) error {
	if u, ok := errors.AsType[*url.Error](err); ok {
		return u.Err
	}
	return err
}

// refused turns an error answer into a problem of this service: one that the caller can correct is passed on verbatim,
// a failure of the other service is reported as such.
func (c *Client) refused(resp *http.Response) error {
	var p Problem
	text, _ := io.ReadAll(io.LimitReader(resp.Body, maxBody))
	if json.Unmarshal(text, &p) != nil || p.Detail == "" {
		p.Detail = http.StatusText(resp.StatusCode)
	}
	if resp.StatusCode < http.StatusInternalServerError {
		refusal := problem.New(resp.StatusCode, "%s", p.Detail)
		refusal.Resent = resent(resp)
		return refusal
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

type routeKey struct{}

// route returns the path of a call as it was given to [Get] and the like, with the names in braces.
func route(r *http.Request) string {
	path, _ := r.Context().Value(routeKey{}).(string)
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
