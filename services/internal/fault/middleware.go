package fault

import (
	"context"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"go.opentelemetry.io/otel/baggage"
	"go.opentelemetry.io/otel/trace"

	"spanwise/internal/problem"
)

// Middleware applies what requests ask for to a service, and hands it on in their context and baggage.
// Unless enabled, asking is refused with 403 and baggage of ours is dropped. What goes wrong is answered by refuse.
func Middleware(service string, enabled bool, refuse func(http.ResponseWriter, *http.Request, error)) func(http.Handler) http.Handler {
	return func(next http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			ctx, err := read(r, enabled)
			if Cancel.Of(ctx) == "ignored" {
				var cancel context.CancelFunc
				ctx, cancel = deaf(ctx)
				defer cancel()
			}
			if ctx != r.Context() {
				r = r.WithContext(ctx)
			}
			if Starve.At(ctx, service) {
				defer starve(ctx)()
			}
			markClock(ctx, trace.SpanFromContext(ctx), service)
			if err == nil {
				err = Slow(ctx, service)
			}
			compute(ctx, service)
			if err == nil {
				err = fail(w, r, service)
			}
			if err != nil {
				refuse(w, r, err)
				return
			}
			next.ServeHTTP(w, r)
		})
	}
}

// deaf returns the context of a handler that does not notice when its caller leaves. Its own deadline stays.
func deaf(ctx context.Context) (context.Context, context.CancelFunc) {
	deadline, ok := ctx.Deadline()
	if !ok {
		return context.WithCancel(context.WithoutCancel(ctx))
	}
	return context.WithDeadline(context.WithoutCancel(ctx), deadline)
}

// read returns the request's context with its faults, in baggage too. A request that mentions none costs
// nothing: its own context comes back.
func read(r *http.Request, enabled bool) (context.Context, error) {
	ctx := r.Context()
	bag := baggage.FromContext(ctx)
	if !mentioned(r.URL.RawQuery) && !carries(bag) {
		return ctx, nil
	}
	query, err := url.ParseQuery(r.URL.RawQuery)
	if err != nil {
		return ctx, problem.New(http.StatusBadRequest, "the query cannot be read: %v", err)
	}
	if !enabled {
		if asks(query) {
			return ctx, problem.New(http.StatusForbidden, "slowing requests down is switched off here; start the service with FAULTS=on")
		}
		return baggage.ContextWithBaggage(ctx, without(bag)), nil
	}
	f, err := Parse(query)
	if err != nil {
		return ctx, err
	}
	if err := f.fromBaggage(bag); err != nil {
		return ctx, err
	}
	if bag, err = f.baggage(bag); err != nil {
		return ctx, err
	}
	return With(baggage.ContextWithBaggage(ctx, bag), f), nil
}

// FromBaggage returns a context of work that a request has left behind, which asks for what the request asked for:
// that is read from the baggage that was stored with the work.
func FromBaggage(ctx context.Context) context.Context {
	var f Faults
	if err := f.fromBaggage(baggage.FromContext(ctx)); err != nil {
		return ctx // it was read once before; of an older version, it may mean nothing any more
	}
	return With(ctx, f)
}

// mentioned reports whether a query may hold a parameter of ours, without parsing it.
func mentioned(query string) bool {
	if query == "" {
		return false
	}
	for _, p := range parameters {
		if strings.Contains(query, p.Name) {
			return true
		}
	}
	return false
}

// asks reports whether a query holds a parameter of ours.
func asks(query url.Values) bool {
	return slices.ContainsFunc(parameters, func(p parameter) bool { return query.Has(p.Name) })
}

func carries(bag baggage.Baggage) bool {
	return bag.Len() > 0 && slices.ContainsFunc(bag.Members(), ours)
}

func ours(m baggage.Member) bool { return strings.HasPrefix(m.Key(), prefix) }

func without(bag baggage.Baggage) baggage.Baggage {
	for _, m := range bag.Members() {
		if ours(m) {
			bag = bag.DeleteMember(m.Key())
		}
	}
	return bag
}
