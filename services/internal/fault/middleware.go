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

// Middleware applies to a service what requests ask for, and passes it on in their context and baggage. It refuses unknown
// parameters; own are those that the service itself understands. Unless enabled, it refuses instead, with 403, requests that
// ask for anything here, and drops faults in baggage, which it reports in the header Dropped-Baggage of the answer. It answers
// errors with refuse.
func Middleware(service string, enabled bool, own []string, refuse func(http.ResponseWriter, *http.Request, error)) func(http.Handler) http.Handler {
	return func(next http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			ctx, err := read(r, w.Header(), enabled, own)
			if Cancel.Of(ctx) == "ignored" {
				var cancel context.CancelFunc
				ctx, cancel = ignoreCancel(ctx)
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
				err = failAsAsked(w, r, service)
			}
			if err != nil {
				refuse(w, r, err)
				return
			}
			next.ServeHTTP(w, r)
		})
	}
}

// ignoreCancel returns a context for a handler that does not notice when its caller leaves. The deadline stays.
func ignoreCancel(ctx context.Context) (context.Context, context.CancelFunc) {
	deadline, ok := ctx.Deadline()
	if !ok {
		return context.WithCancel(context.WithoutCancel(ctx))
	}
	return context.WithDeadline(context.WithoutCancel(ctx), deadline)
}

// read returns the request's context with its faults, which are in the baggage too. header is that of the answer. For a
// request without faults it returns the same context and allocates nothing.
func read(r *http.Request, header http.Header, enabled bool, own []string) (context.Context, error) {
	ctx := r.Context()
	bag := baggage.FromContext(ctx)
	if enabled && r.URL.RawQuery != "" {
		if err := checkNames(r.URL.RawQuery, own); err != nil {
			return ctx, err
		}
	}
	if !mentioned(r.URL.RawQuery) && !carries(bag) {
		return ctx, nil
	}
	query, err := url.ParseQuery(r.URL.RawQuery)
	if err != nil {
		return ctx, problem.Invalid("the query cannot be parsed: %v", err)
	}
	if !enabled {
		if asks(query) {
			return ctx, problem.New(http.StatusForbidden, "this service does not let requests slow themselves down; start it with FAULTS=on")
		}
		kept, dropped := withoutFaults(bag)
		if len(dropped) > 0 {
			header.Set("Dropped-Baggage", strings.Join(dropped, ", "))
		}
		return baggage.ContextWithBaggage(ctx, kept), nil
	}
	f, err := Parse(query)
	if err != nil {
		return ctx, err
	}
	if err := f.addBaggage(bag); err != nil {
		return ctx, err
	}
	if bag, err = f.baggage(bag); err != nil {
		return ctx, err
	}
	return With(baggage.ContextWithBaggage(ctx, bag), f), nil
}

// FromBaggage returns a context for work that a request left behind, with the faults that the request asked for. They are
// read from the baggage of ctx, which was stored with the work.
func FromBaggage(ctx context.Context) context.Context {
	var f Faults
	if err := f.addBaggage(baggage.FromContext(ctx)); err != nil {
		return ctx // it was valid when it was stored, perhaps by an older version
	}
	return With(ctx, f)
}

// mentioned reports whether a query may contain a parameter of this package, without parsing it.
func mentioned(query string) bool {
	return query != "" && slices.ContainsFunc(parameters, func(p parameter) bool { return strings.Contains(query, p.info().Name) })
}

// asks reports whether a query contains a parameter of this package.
func asks(query url.Values) bool {
	return slices.ContainsFunc(parameters, func(p parameter) bool { return query.Has(p.info().Name) })
}

func carries(bag baggage.Baggage) bool {
	return bag.Len() > 0 && slices.ContainsFunc(bag.Members(), isFault)
}

func isFault(m baggage.Member) bool { return strings.HasPrefix(m.Key(), prefix) }

func withoutFaults(bag baggage.Baggage) (kept baggage.Baggage, dropped []string) {
	for _, m := range bag.Members() {
		if isFault(m) {
			bag = bag.DeleteMember(m.Key())
			dropped = append(dropped, m.Key())
		}
	}
	slices.Sort(dropped)
	return bag, dropped
}
