package play

import (
	"cmp"
	"context"
	"crypto/rand"
	"fmt"
	"io"
	"maps"
	"net/http"
	"slices"
	"strings"
	"time"

	"spanwise/internal/rest"
	"spanwise/lab/jaeger"
	"spanwise/lab/scenario"
)

// A Client makes requests to the services of a shop. It is safe for concurrent use.
type Client struct {
	HTTP *http.Client
	URL  map[string]string // by service, such as http://localhost:8080 for order
}

// New returns a client of the services at these addresses.
func New(order, inventory, pricing string) Client {
	transport := http.DefaultTransport.(*http.Transport).Clone()
	transport.MaxIdleConns, transport.MaxIdleConnsPerHost = 0, 256
	// Longer than a service lets a request take, so that it is the service that gives up.
	return Client{&http.Client{Transport: transport, Timeout: 40 * time.Second},
		map[string]string{"order": order, "inventory": inventory, "pricing": pricing}}
}

// At returns a client of the services at the addresses in the environment, by default those where make up starts them.
func At(getenv func(string) string) Client {
	return New(
		cmp.Or(getenv("ORDER_URL"), "http://localhost:8080"),
		cmp.Or(getenv("INVENTORY_URL"), "http://localhost:8081"),
		cmp.Or(getenv("PRICING_URL"), "http://localhost:8082"))
}

// Ready returns an error that says what to do if one of the services does not answer.
func (c Client) Ready(ctx context.Context) error {
	for _, service := range slices.Sorted(maps.Keys(c.URL)) {
		if _, err := rest.Fetch(ctx, c.HTTP, c.address(service, "/readyz")); err != nil {
			return fmt.Errorf("%s at %s is not ready (start it with make up, use -scratch, or set %s_URL to another address)",
				service, c.URL[service], strings.ToUpper(service))
		}
	}
	return nil
}

func (c Client) address(service, path string) string {
	return strings.TrimSuffix(c.URL[service], "/") + path
}

// An Answer is what a service answered.
type Answer struct {
	TraceID  string
	Sampled  bool   // whether there is a trace with that id
	Location string // of what the request created
	Body     string // its first 64 KB
}

const mostBody = 64 << 10

// DoTraced is Do for a request whose trace is needed: that it was not sampled is an error.
func (c Client) DoTraced(ctx context.Context, r scenario.Request) (Answer, error) {
	a, err := c.Do(ctx, r)
	if err == nil && !a.Sampled {
		err = jaeger.NotSampled(a.TraceID)
	}
	return a, err
}

// Do makes one request without placeholders. A status that it does not expect is an error, and so is an answer that does not
// name its trace.
func (c Client) Do(ctx context.Context, r scenario.Request) (a Answer, err error) {
	defer func() {
		if err != nil {
			err = fmt.Errorf("%s: %w", r, err)
		}
	}()
	req, err := http.NewRequestWithContext(ctx, r.Method, c.address(r.To(), r.Path), strings.NewReader(r.Body))
	if err != nil {
		return a, err
	}
	if r.Body != "" {
		req.Header.Set("Content-Type", "application/json")
	}
	if r.Key {
		req.Header.Set("Idempotency-Key", rand.Text())
	}
	req.Header.Set("Accept-Encoding", "gzip") // set explicitly, so that the transport does not decompress what is only discarded
	resp, err := c.HTTP.Do(req)
	if err != nil {
		return a, err
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(io.LimitReader(resp.Body, mostBody))
	if err == nil {
		_, err = io.Copy(io.Discard, resp.Body)
	}
	if err != nil {
		return a, fmt.Errorf("read the answer: %w", err)
	}
	a = Answer{Location: resp.Header.Get("Location"), Body: string(body)}
	a.TraceID, a.Sampled = jaeger.TraceID(resp.Header)
	switch {
	case !r.Expects(resp.StatusCode):
		return a, fmt.Errorf("%s answered %s: %.300s", r.To(), resp.Status, strings.TrimSpace(a.Body))
	case a.TraceID == "":
		return a, fmt.Errorf("the answer of %s has no traceresponse header that names its trace", r.To())
	}
	return a, nil
}
