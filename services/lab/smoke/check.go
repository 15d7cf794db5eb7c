package smoke

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"spanwise/doctor/trace"

	"spanwise/lab/shape"
)

// The checks of one trace. Each returns nil, or an error that says what was got and what was wanted.

// exact wants the trace to be of that shape, and nothing beside it.
func exact(t *trace.Trace, want string) error {
	if got := shape.Of(t); got != want {
		return fmt.Errorf("got\n%swanted\n%s", indent(got), indent(want))
	}
	return nil
}

// whole wants one root from which every other span descends, and nothing that a reader had to mend.
func whole(t *trace.Trace) error {
	var errs []error
	if len(t.Roots) != 1 {
		errs = append(errs, fmt.Errorf("got %d roots, wanted 1", len(t.Roots)))
	}
	for _, s := range t.Orphans {
		errs = append(errs, fmt.Errorf("got an orphan: %s %s, whose parent %s is not there", s.Service, s.Name, s.ParentID))
	}
	for _, note := range t.Notes {
		errs = append(errs, fmt.Errorf("got a damaged trace: %s", note))
	}
	return errors.Join(errs...)
}

// routed wants http.route on every server span, and the span named by it.
func routed(t *trace.Trace) error {
	var errs []error
	for _, s := range shape.Served(t, "") {
		route, want := s.Get(trace.HTTPRoute), s.Get(trace.HTTPMethod)+" "+s.Get(trace.HTTPRoute)
		if route == "" || s.Name != want {
			errs = append(errs, fmt.Errorf("%s: got the name %q and http.route %q, wanted both by the same route", s.Service, s.Name, route))
		}
	}
	return errors.Join(errs...)
}

// counted wants that many HTTP calls by order, and that many SQL queries, each with its text.
func counted(t *trace.Trace, calls, queries int) error {
	var errs []error
	if got := len(shape.Calls(t, "order")); got != calls {
		errs = append(errs, fmt.Errorf("got %d HTTP calls by order, wanted %d", got, calls))
	}
	if got := len(shape.Queries(t)); got != queries {
		errs = append(errs, fmt.Errorf("got %d SQL queries, wanted %d", got, queries))
	}
	return errors.Join(errs...)
}

// serial wants order's calls one after another, none beginning before the one before it ended.
func serial(t *trace.Trace) error {
	calls := shape.Calls(t, "order")
	if len(calls) < 2 {
		return fmt.Errorf("got %d calls, wanted several to compare", len(calls))
	}
	slices.SortFunc(calls, func(a, b *trace.Span) int { return cmp.Compare(a.Start, b.Start) })
	for i, c := range calls[1:] {
		if before := calls[i]; before.End() > c.Start {
			return fmt.Errorf("call %d (%s) began %d µs before call %d (%s) ended, wanted none to overlap",
				i+2, c.Name, before.End()-c.Start, i+1, before.Name)
		}
	}
	return nil
}

// slowed wants that many server spans of a service, each at least as long as the delay.
func slowed(t *trace.Trace, service string, spans int, delay time.Duration) error {
	served := shape.Served(t, service)
	if len(served) != spans {
		return fmt.Errorf("got %d spans of %s, wanted %d", len(served), service, spans)
	}
	for _, s := range served {
		if s.Duration < delay.Microseconds() {
			return fmt.Errorf("got a span of %s that took %d µs, wanted at least %v", service, s.Duration, delay)
		}
	}
	return nil
}

// unslowed wants no server span of the trace, except of one service if that is named, as long as the delay.
func unslowed(t *trace.Trace, except string, delay time.Duration) error {
	for _, s := range shape.Served(t, "") {
		// A span that waits for another service takes as long as that one.
		if s.Service != except && !calls(s) && s.Duration >= delay.Microseconds() {
			return fmt.Errorf("trace %s: got a span of %s that took %d µs, wanted less than %v", t.ID, s.Service, s.Duration, delay)
		}
	}
	return nil
}

func calls(s *trace.Span) bool {
	return slices.ContainsFunc(s.Children, func(c *trace.Span) bool { return c.Get(trace.HTTPMethod) != "" || c.Kind == trace.Internal && calls(c) })
}

// during wants the trace to have been under way at the same time as another.
func during(t, other *trace.Trace) error {
	a, b := t.Spans[0], other.Spans[0]
	if a.End() <= b.Start || b.End() <= a.Start {
		return fmt.Errorf("got trace %s before or after %s, wanted both at the same time", t.ID, other.ID)
	}
	return nil
}

func indent(text string) string {
	if text == "" {
		return "  (nothing)\n"
	}
	var b strings.Builder
	for line := range strings.Lines(text) {
		b.WriteString("  " + line)
	}
	return b.String()
}
