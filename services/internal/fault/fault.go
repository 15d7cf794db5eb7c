// Package fault lets one request slow itself down, or fail, on purpose: query parameters say how, W3C baggage carries
// them to every service of that request, and small wrappers do it at the edge of the code they slow.
//
// [Middleware] reads the parameters and applies those that concern a whole request: delays, failures, computing.
// [Connector] slows a database, [Slow] and [Timeout] a call, and [Clock] shifts spans. Everything else asks its parameter, such
// as [Fetch] or [Pool], which way to take: package rest for calls, package database for pools and locks, and each service's
// slow.go for its own work. Apart from the line that installs Middleware, no other code of a service mentions faults.
package fault

import (
	"context"
	"fmt"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"go.opentelemetry.io/otel/baggage"

	"spanwise/internal/problem"
)

// prefix marks the members of a request's baggage that are faults.
const prefix = "spanwise."

// The limits of the baggage of a request are what the W3C requires a platform to propagate, and all that OpenTelemetry does:
// https://www.w3.org/TR/baggage/#limits
const (
	MaxBaggage = 8192 // bytes
	MaxMembers = 64
)

// Faults is what one request asks for: valid values, by the name of their parameter. Nil asks for nothing.
type Faults map[string]string

// Parse reads the parameters of a query and ignores others. An error is a problem that names the parameter, the value and
// an example.
func Parse(query url.Values) (Faults, error) {
	var f Faults
	for _, p := range parameters {
		name := p.info().Name
		if !query.Has(name) {
			continue
		}
		if err := f.add(p, strings.Join(query[name], ",")); err != nil {
			return nil, err
		}
	}
	return f, nil
}

func (f *Faults) add(p parameter, value string) error {
	info := p.info()
	if err := p.check(value); err != nil {
		return problem.Invalid("%s=%.80s: %v (for example %s)", info.Name, value, err, info.example())
	}
	if *f == nil {
		*f = make(Faults)
	}
	(*f)[info.Name] = value
	return nil
}

// addBaggage adds what an earlier service of the request was asked for, unless f overrides it.
func (f *Faults) addBaggage(bag baggage.Baggage) error {
	for _, p := range parameters {
		name := p.info().Name
		value := bag.Member(prefix + name).Value()
		if _, overridden := (*f)[name]; overridden || value == "" {
			continue
		}
		if err := f.add(p, value); err != nil {
			return err
		}
	}
	return nil
}

// baggage returns bag with the faults in it.
func (f Faults) baggage(bag baggage.Baggage) (baggage.Baggage, error) {
	for _, name := range slices.Sorted(maps.Keys(f)) {
		m, err := baggage.NewMemberRaw(prefix+name, f[name])
		if err != nil {
			return bag, fmt.Errorf("carry %s=%s as baggage: %w", name, f[name], err)
		}
		if bag, err = bag.SetMember(m); err != nil {
			return bag, fmt.Errorf("carry %s as baggage: %w", name, err)
		}
		if len(bag.String()) > MaxBaggage {
			return bag, problem.New(http.StatusRequestHeaderFieldsTooLarge,
				"%s is too long: with it the baggage of the request exceeds the maximum of %d bytes", name, MaxBaggage)
		}
		if bag.Len() > MaxMembers {
			return bag, problem.New(http.StatusRequestHeaderFieldsTooLarge,
				"%s is too much: with it the baggage of the request exceeds the maximum of %d members", name, MaxMembers)
		}
	}
	return bag, nil
}

type contextKey struct{}

// With returns the context of a request that asks for f.
func With(ctx context.Context, f Faults) context.Context {
	return context.WithValue(ctx, contextKey{}, f)
}

// Group returns a text that is equal for requests that ask for the same faults, and "" for those that ask for none.
// Requests share work only with requests of their group; otherwise a slow one would slow the others.
func Group(ctx context.Context) string {
	f := from(ctx)
	var b strings.Builder
	for _, name := range slices.Sorted(maps.Keys(f)) {
		fmt.Fprintf(&b, "%s=%q ", name, f[name])
	}
	return b.String()
}

func from(ctx context.Context) Faults {
	f, _ := ctx.Value(contextKey{}).(Faults)
	return f
}
