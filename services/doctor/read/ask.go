package read

import (
	"bufio"
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"

	"spanwise/doctor/trace"
)

// ask tries the newer address, then the older: Jaeger took the newer in with 1.x and drops the older after 2.20.
func (c *Client) ask(ctx context.Context, addresses ...string) ([]*trace.Trace, error) {
	var misses []string
	unknown := false
	for _, address := range addresses {
		traces, err := c.get(ctx, address)
		miss := (*missing)(nil)
		switch {
		case errors.Is(err, ErrUnknown): // or the address is unknown, to something that says so in JSON
			unknown = true
		case errors.As(err, &miss):
			path, _, _ := strings.Cut(address, "?")
			misses = append(misses, fmt.Sprintf("%s is %s", path, miss.what))
		default:
			return traces, err
		}
	}
	if unknown {
		return nil, ErrUnknown
	}
	return nil, fmt.Errorf("no Jaeger API at %s: %s (try another one: -jaeger URL)", c.name, strings.Join(misses, ", "))
}

// A missing answer is one that no Jaeger API gave.
type missing struct{ what string }

func (m *missing) Error() string { return m.what }

func (c *Client) get(ctx context.Context, address string) ([]*trace.Trace, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, c.base+address, nil)
	if err != nil {
		return nil, c.unreachable(err)
	}
	req.Header.Set("Accept", "application/json") // some that speak the same API have other formats too
	resp, err := c.http.Do(req)
	if err != nil {
		return nil, c.unreachable(err)
	}
	defer resp.Body.Close()
	body := bufio.NewReader(resp.Body)
	start, err := body.Peek(1)
	refused := resp.StatusCode == http.StatusUnauthorized || resp.StatusCode == http.StatusForbidden
	switch {
	case refused:
		return nil, fmt.Errorf("jaeger at %s answered %s (try: -jaeger http://USER:PASSWORD@HOST)", c.name, resp.Status)
	case err != nil && err != io.EOF:
		return nil, c.unreachable(err)
	case len(start) == 0 || start[0] != '{':
		return nil, c.stranger(resp)
	}
	return c.read(body, resp)
}

// read takes traces, or what Jaeger says instead, out of an answer in JSON.
func (c *Client) read(body io.Reader, resp *http.Response) ([]*trace.Trace, error) {
	traces, err := parse(body)
	said := fault("")
	switch {
	case resp.StatusCode == http.StatusNotFound:
		return nil, ErrUnknown
	case errors.As(err, &said):
		return nil, fmt.Errorf("jaeger at %s answered %d: %w", c.name, resp.StatusCode, said)
	case err != nil && resp.StatusCode != http.StatusOK:
		return nil, fmt.Errorf("jaeger at %s answered %s", c.name, resp.Status)
	}
	return traces, c.unreachable(err)
}

// stranger says what answered, when it was not JSON.
func (c *Client) stranger(resp *http.Response) error {
	if resp.StatusCode >= http.StatusInternalServerError {
		return fmt.Errorf("jaeger at %s answered %s", c.name, resp.Status)
	}
	kind, _, _ := strings.Cut(resp.Header.Get("Content-Type"), ";")
	return &missing{fmt.Sprintf("%d %s", resp.StatusCode, cmp.Or(kind, "without content"))}
}

// unreachable says what a person can do about a Jaeger that is not there, or too slow.
func (c *Client) unreachable(err error) error {
	var problem *url.Error
	timeout := interface{ Timeout() bool }(nil)
	switch {
	case err == nil:
		return nil
	case errors.As(err, &timeout) && timeout.Timeout():
		return fmt.Errorf("jaeger at %s gave no whole answer in time (try: -timeout 2m)", c.name)
	case errors.As(err, &problem):
		return fmt.Errorf("jaeger at %s: %w (is it running? try another one: -jaeger URL)", c.name, problem.Err)
	}
	return fmt.Errorf("jaeger at %s: %w", c.name, err)
}
