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
	mathrand "math/rand/v2"
	"net/http"
	"slices"
	"strconv"
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
	ids, _, err := s.PlayBeside(ctx, sc, r)
	return ids, err
}

// PlayBeside is Play with other requests at the same moment, whose traces it returns too.
func (s Shop) PlayBeside(ctx context.Context, sc scenario.Scenario, r scenario.Request, others ...scenario.Request) (own, beside []string, err error) {
	open, err := s.prepare(ctx, sc)
	if err != nil {
		return nil, nil, err
	}
	n := max(sc.Crowd, 1)
	ids := make([]string, n+len(others))
	group, together := errgroup.WithContext(ctx)
	for i := range ids {
		group.Go(func() error {
			one := r
			if i >= n {
				one = others[i-n]
			}
			a, err := s.ask(together, one, open)
			ids[i] = a.trace
			return err
		})
	}
	if err := group.Wait(); err != nil {
		return nil, nil, fmt.Errorf("%s: %w", sc.ID, err)
	}
	// What goes on after the answer must not slow the next request down.
	return ids[:n:n], ids[n:], Wait(ctx, max(sc.Gain.After, sc.Planted.After)*6/5)
}

// prepare brings the system into the state that a scenario needs.
func (s Shop) prepare(ctx context.Context, sc scenario.Scenario) (blanks, error) {
	open := blanks{fresh: fresh()}
	for _, b := range sc.Before {
		a, err := s.ask(ctx, b, open)
		if err != nil {
			return open, fmt.Errorf("prepare %s: %w", sc.ID, err)
		}
		open.placed = cmp.Or(a.location, open.placed)
	}
	return open, Wait(ctx, sc.Rest)
}

// blanks are what a request leaves open.
type blanks struct{ placed, fresh string }

// fresh is a number far above those that the shop gives its orders.
func fresh() string { return strconv.FormatInt(1<<40+mathrand.Int64N(1<<40), 10) }

func (b blanks) fill(text string) string {
	return strings.NewReplacer(scenario.Placed, b.placed, scenario.Fresh, b.fresh).Replace(text)
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
func (s Shop) ask(ctx context.Context, r scenario.Request, b blanks) (answer, error) {
	address := strings.TrimSuffix(s.URL[r.To()], "/") + b.fill(r.Path)
	req, err := http.NewRequestWithContext(ctx, r.Method, address, strings.NewReader(b.fill(r.Body)))
	if err != nil {
		return answer{}, err
	}
	if r.Body != "" {
		req.Header.Set("Content-Type", "application/json")
	}
	if r.Key {
		req.Header.Set("Idempotency-Key", rand.Text())
	}
	req.Header.Set("Accept-Encoding", "gzip") // said here, unpacking is left to us, and nobody reads the answer
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
