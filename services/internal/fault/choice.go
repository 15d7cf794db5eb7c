package fault

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"
	"time"
)

// A Choice is a parameter that picks one of several ways to do the same work. The first is the good one.
type Choice struct{ Info }

func choice(name, does string, ways ...string) Choice { return Choice{Info{name, ways, true, does}} }

// Of returns the way that the request of ctx asked for.
func (c Choice) Of(ctx context.Context) string { return cmp.Or(from(ctx)[c.Name], c.Values[0]) }

func (c Choice) check(value string) error {
	if !slices.Contains(c.Values, value) {
		return fmt.Errorf("choose one of %s", strings.Join(c.Values, ", "))
	}
	return nil
}

// A Places is a parameter that lists the services where a fault applies; by default none.
type Places struct{ Info }

// At reports whether the request of ctx asked for the fault at a service.
func (p Places) At(ctx context.Context, service string) bool {
	places := from(ctx)[p.Name]
	return places != "" && slices.Contains(strings.Split(places, ","), service)
}

func (p Places) check(value string) error {
	_, err := parseItems(value, func(place string) (string, error) { return place, known(place, p.Values) })
	return err
}

// times is a parameter that gives services a time each, such as pricing:100ms,inventory:1s.
type times struct {
	Info
	services []string // that can be named
}

// at returns the time that the request of ctx asked for at a service, the last if there are several.
func (t times) at(ctx context.Context, service string) (d time.Duration, ok bool) {
	if value := from(ctx)[t.Name]; value != "" {
		all, _ := t.parse(value)
		d, ok = all[service]
	}
	return d, ok
}

func (t times) check(value string) error {
	_, err := t.parse(value)
	return err
}

func (t times) parse(value string) (map[string]time.Duration, error) {
	all := make(map[string]time.Duration)
	_, err := parseItems(value, func(item string) (d time.Duration, err error) {
		service, text, ok := strings.Cut(item, ":")
		if !ok {
			return 0, fmt.Errorf("%q lacks a colon between service and time", item)
		}
		if err := known(service, t.services); err != nil {
			return 0, err
		}
		all[service], err = parseDuration(text)
		return all[service], err
	})
	return all, err
}

// parseItems parses the items of a value, which are separated by commas.
func parseItems[T any](value string, parse func(item string) (T, error)) ([]T, error) {
	var all []T
	for item := range strings.SplitSeq(value, ",") {
		v, err := parse(item)
		if err != nil {
			return nil, err
		}
		all = append(all, v)
	}
	return all, nil
}

// Timeout returns how long calls to a service may take: what the request of ctx asked for, or usual.
func Timeout(ctx context.Context, service string, usual time.Duration) time.Duration {
	if d, ok := timeout.at(ctx, service); ok {
		return d
	}
	return usual
}
