// Package shop is the shop seen by a customer of the lab: it makes requests to the order service and keeps with
// each answer the trace in which to look for it. Begin with [New].
package shop

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"time"

	"spanwise/lab/jaeger"
)

// A Client makes requests to one order service. It is safe for concurrent use.
type Client struct {
	base string
	http *http.Client
}

// New returns a client of the order service at base, such as http://localhost:8080.
func New(base string) *Client {
	transport := http.DefaultTransport.(*http.Transport).Clone()
	transport.MaxIdleConns, transport.MaxIdleConnsPerHost = 0, 256
	// Longer than the service itself lets a request take: who gives up is the service.
	return &Client{strings.TrimSuffix(base, "/"), &http.Client{Transport: transport, Timeout: 40 * time.Second}}
}

// An Answer is what came back.
type Answer struct {
	TraceID  string
	Body     string
	Location string // of what was made
}

// Ready returns an error that says what to do if the order service cannot be asked.
func (c *Client) Ready(ctx context.Context) error {
	_, err := c.do(ctx, http.MethodGet, "/readyz", "")
	if err != nil {
		return fmt.Errorf("the order service at %s is not ready (start it with make up, or name another with ORDER_URL): %w", c.base, err)
	}
	return nil
}

// Get makes a GET request for path, which may have a query.
func (c *Client) Get(ctx context.Context, path string) (Answer, error) {
	return c.traced(ctx, http.MethodGet, path, "")
}

// Place places an order, given as JSON.
func (c *Client) Place(ctx context.Context, order string) (Answer, error) {
	return c.traced(ctx, http.MethodPost, "/orders", order)
}

// Cancel cancels an order that was placed.
func (c *Client) Cancel(ctx context.Context, placed Answer) (Answer, error) {
	return c.traced(ctx, http.MethodPost, placed.Location+"/cancel", "")
}

func (c *Client) traced(ctx context.Context, method, path, body string) (Answer, error) {
	a, err := c.do(ctx, method, path, body)
	if err == nil && a.TraceID == "" {
		err = errors.New("the answer names no trace in a traceresponse header")
	}
	if err != nil {
		return a, fmt.Errorf("%s %s: %w", method, path, err)
	}
	return a, nil
}

// do makes one request. Every status that is not a 2xx is an error.
func (c *Client) do(ctx context.Context, method, path, body string) (Answer, error) {
	req, err := http.NewRequestWithContext(ctx, method, c.base+path, strings.NewReader(body))
	if err != nil {
		return Answer{}, err
	}
	if body != "" {
		req.Header.Set("Content-Type", "application/json")
	}
	resp, err := c.http.Do(req)
	if err != nil {
		return Answer{}, err
	}
	defer resp.Body.Close()
	text, err := io.ReadAll(resp.Body)
	if err != nil {
		return Answer{}, err
	}
	a := Answer{Body: string(text), Location: resp.Header.Get("Location"), TraceID: jaeger.TraceID(resp.Header)}
	if resp.StatusCode >= 300 {
		return a, fmt.Errorf("answered %s: %s", resp.Status, strings.TrimSpace(string(text)))
	}
	return a, nil
}
