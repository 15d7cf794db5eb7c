// Package play makes the requests of a scenario against a running shop, and says which traces to look at. Describe
// the shop with a [Shop] and call [Shop.Play].
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

	"golang.org/x/sync/errgroup"

	"spanwise/lab/jaeger"
	"spanwise/lab/scenario"
)

// A Shop is where the services are. It is safe for concurrent use.
type Shop struct {
	HTTP *http.Client
	URL  map[string]string // by service, such as http://localhost:8080 for order
}

// At returns the shop whose services are where the environment says, by default where make up starts them.
func At(getenv func(string) string) Shop {
	return New(
		cmp.Or(getenv("ORDER_URL"), "http://localhost:8080"),
		cmp.Or(getenv("INVENTORY_URL"), "http://localhost:8081"),
		cmp.Or(getenv("PRICING_URL"), "http://localhost:8082"))
}

// New returns the shop whose services are at these addresses.
func New(order, inventory, pricing string) Shop {
	transport := http.DefaultTransport.(*http.Transport).Clone()
	transport.MaxIdleConns, transport.MaxIdleConnsPerHost = 0, 64
	// Longer than a service lets a request take: who gives up is the service.
	return Shop{&http.Client{Transport: transport, Timeout: 40 * time.Second},
		map[string]string{"order": order, "inventory": inventory, "pricing": pricing}}
}

// Ready returns an error that says what to do if one of the services cannot be asked.
func (s Shop) Ready(ctx context.Context) error {
	for _, service := range slices.Sorted(maps.Keys(s.URL)) {
		req, err := http.NewRequestWithContext(ctx, http.MethodGet, strings.TrimSuffix(s.URL[service], "/")+"/readyz", nil)
		if err != nil {
			return err
		}
		resp, err := s.HTTP.Do(req)
		if err == nil {
			resp.Body.Close()
		}
		if err != nil || resp.StatusCode >= 300 {
			return fmt.Errorf("%s at %s is not ready (start it with make up, use -scratch, or name another with %s_URL)",
				service, s.URL[service], strings.ToUpper(service))
		}
	}
	return nil
}

// Play makes a scenario's preparations and then one of its requests, as many at once as the scenario wants. It returns
// the traces of these, the preparations' not among them.
func (s Shop) Play(ctx context.Context, sc scenario.Scenario, r scenario.Request) ([]string, error) {
	location := ""
	for _, b := range sc.Before {
		a, err := s.ask(ctx, b, location)
		if err != nil {
			return nil, fmt.Errorf("prepare %s: %w", sc.ID, err)
		}
		location = cmp.Or(a.location, location)
	}
	if err := Wait(ctx, sc.Rest); err != nil {
		return nil, err
	}
	ids := make([]string, max(sc.Crowd, 1))
	group, together := errgroup.WithContext(ctx)
	for i := range ids {
		group.Go(func() error {
			a, err := s.ask(together, r, location)
			ids[i] = a.trace
			return err
		})
	}
	if err := group.Wait(); err != nil {
		return nil, fmt.Errorf("%s: %w", sc.ID, err)
	}
	return ids, Wait(ctx, sc.Gain.After*6/5) // what goes on after the answer must not slow the next request down
}

// Wait returns after that time, or with an error when ctx ends first.
func Wait(ctx context.Context, d time.Duration) error {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-timer.C:
		return nil
	}
}

type answer struct{ trace, location string }

// ask makes one request. An answer with another status than the request is to have is an error.
func (s Shop) ask(ctx context.Context, r scenario.Request, location string) (answer, error) {
	path := strings.ReplaceAll(r.Path, scenario.Placed, location)
	req, err := http.NewRequestWithContext(ctx, r.Method, strings.TrimSuffix(s.URL[r.To()], "/")+path, strings.NewReader(r.Body))
	if err != nil {
		return answer{}, err
	}
	if r.Body != "" {
		req.Header.Set("Content-Type", "application/json")
	}
	if r.Key {
		req.Header.Set("Idempotency-Key", rand.Text())
	}
	resp, err := s.HTTP.Do(req)
	if err != nil {
		return answer{}, err
	}
	defer resp.Body.Close()
	text, err := io.ReadAll(io.LimitReader(resp.Body, 1<<10)) // of an error; answers may be huge
	if err == nil {
		_, err = io.Copy(io.Discard, resp.Body)
	}
	if err != nil {
		return answer{}, fmt.Errorf("%s: read the answer: %w", r, err)
	}
	if !r.Expects(resp.StatusCode) {
		return answer{}, fmt.Errorf("%s: %s answered %s: %.300s", r, r.To(), resp.Status, strings.TrimSpace(string(text)))
	}
	a := answer{jaeger.TraceID(resp.Header), resp.Header.Get("Location")}
	if a.trace == "" {
		return a, fmt.Errorf("%s: the answer names no trace in a traceresponse header", r)
	}
	return a, nil
}
