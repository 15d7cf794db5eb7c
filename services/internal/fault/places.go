package fault

import (
	"context"
	"slices"
	"strings"
)

// A Places is a parameter that names the services where something bad is the case; without it, it is nowhere.
type Places struct {
	name string
	all  []string // that can be named
}

// What can be bad, and where.
var (
	// Untraced is whom calls reach without their trace context, as if by a client that nobody set up to send it.
	Untraced = Places{"untraced", called}
	// Starve is whose process computes on all processors while the request is there. It tells only where the request
	// waits for others and has to get its turn again after.
	Starve = Places{"starve", []string{"order", "pricing"}}
	// Pool is whose database has one connection for all requests that ask for it.
	Pool = Places{"pool", services}
	// Lock is where one lock is held during each statement.
	Lock = Places{"lock", services}
)

// At reports whether the request of ctx asked for it at a service.
func (p Places) At(ctx context.Context, service string) bool {
	return slices.Contains(from(ctx).places[p.name], service)
}

func (p Places) parameter(does string) parameter {
	return parameter{Info{p.name, p.all, false, does}, func(f *Faults, value string) error {
		places := strings.Split(value, ",")
		for _, place := range places {
			if err := known(place, p.all); err != nil {
				return err
			}
		}
		if f.places == nil {
			f.places = make(map[string][]string)
		}
		f.places[p.name] = places
		return nil
	}}
}
