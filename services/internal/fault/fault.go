// Package fault lets one request slow itself down, or fail, on purpose: query parameters say how, W3C baggage
// carries them to every service of that request, and small wrappers do it at the edge of the code they slow.
//
// [Middleware] reads the parameters and applies what concerns a whole request: delays, failures, computing. [Connector]
// slows a database, [Slow] and [Timeout] a call, [Clock] shifts spans; a strategy asks its parameter, such as [Fetch]
// or [Pool], which way to take. The services' own rules never mention faults.
package fault

import (
	"context"
	"fmt"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"go.opentelemetry.io/otel/baggage"

	"spanwise/internal/problem"
)

// prefix marks our members of a request's baggage.
const prefix = "spanwise."

// MaxBaggage is what the W3C lets a platform propagate, in bytes.
const MaxBaggage = 8192

// Faults is what one request asks for. The zero value asks for nothing.
type Faults struct {
	delays   []delay
	failures []failure
	timeouts map[string]time.Duration // by the service that is called
	busy     map[string]time.Duration // processor time, by service
	ahead    map[string]time.Duration // of the clock, by service
	places   map[string][]string      // by parameter
	chosen   map[string]string        // by parameter
	text     map[string]string        // what was asked, by parameter, as it travels
}

// Parse reads the parameters of a query. Others are left alone. An error is a problem that names the
// parameter, the value and an example.
func Parse(query url.Values) (Faults, error) {
	var f Faults
	for _, p := range parameters {
		if !query.Has(p.Name) {
			continue
		}
		if err := f.add(p, strings.Join(query[p.Name], ",")); err != nil {
			return Faults{}, err
		}
	}
	return f, nil
}

func (f *Faults) add(p parameter, value string) error {
	if err := p.parse(f, value); err != nil {
		return problem.New(http.StatusBadRequest, "%s=%.80s: %v (for example %s)", p.Name, value, err, p.example())
	}
	if f.text == nil {
		f.text = make(map[string]string)
	}
	f.text[p.Name] = value
	return nil
}

// fromBaggage reads what an earlier service of the request was asked for, except what asked overrides.
func (f *Faults) fromBaggage(bag baggage.Baggage) error {
	for _, p := range parameters {
		value := bag.Member(prefix + p.Name).Value()
		if _, overridden := f.text[p.Name]; overridden || value == "" {
			continue
		}
		if err := f.add(p, value); err != nil {
			return err
		}
	}
	return nil
}

// baggage returns bag with the faults in it.
func (f *Faults) baggage(bag baggage.Baggage) (baggage.Baggage, error) {
	for _, name := range slices.Sorted(maps.Keys(f.text)) {
		m, err := baggage.NewMemberRaw(prefix+name, f.text[name])
		if err != nil {
			return bag, fmt.Errorf("carry %s=%s as baggage: %w", name, f.text[name], err)
		}
		if bag, err = bag.SetMember(m); err != nil {
			return bag, fmt.Errorf("carry %s as baggage: %w", name, err)
		}
		if len(bag.String()) > MaxBaggage {
			return bag, problem.New(http.StatusRequestHeaderFieldsTooLarge,
				"%s is too long: with it the request's baggage is over the %d bytes that services carry", name, MaxBaggage)
		}
	}
	return bag, nil
}

type contextKey struct{}

// With returns a context of a request that asks for f.
func With(ctx context.Context, f Faults) context.Context {
	return context.WithValue(ctx, contextKey{}, f)
}

// Group returns a text that is equal for requests that ask for the same faults, and "" for those that ask for none.
// Requests share work only with requests of their group; otherwise a slow one would slow the others.
func Group(ctx context.Context) string {
	text := from(ctx).text
	var b strings.Builder
	for _, name := range slices.Sorted(maps.Keys(text)) {
		fmt.Fprintf(&b, "%s=%q ", name, text[name])
	}
	return b.String()
}

func from(ctx context.Context) Faults {
	f, _ := ctx.Value(contextKey{}).(Faults)
	return f
}
