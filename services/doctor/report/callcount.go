package report

import (
	"cmp"
	"fmt"
	"slices"

	"spanwise/doctor/trace"
)

// CallsAbove lists, in words, the operations that a service of t calls more than limit times, most calls first.
// Durations do not matter: with a test's small data, calls that will hurt later still cost nothing.
func CallsAbove(t *trace.Trace, limit int) []string {
	type route struct{ caller, operation string }
	count := map[route]int{}
	for _, s := range t.Spans {
		if s.Calling() {
			count[route{s.Service, calledOperation(s)}]++
		}
	}
	var above []route
	for r, n := range count {
		if n > limit {
			above = append(above, r)
		}
	}
	slices.SortFunc(above, func(a, b route) int {
		return cmp.Or(cmp.Compare(count[b], count[a]), cmp.Compare(a.caller, b.caller), cmp.Compare(a.operation, b.operation))
	})
	var lines []string
	for _, r := range above {
		lines = append(lines, fmt.Sprintf("%s from %s to %s", plural(count[r], "call"), printable(cmp.Or(r.caller, "(no service)")), r.operation))
	}
	return lines
}

// calledOperation names what a call reaches: the operation that answered, if it has a span, since the names of client spans
// say little.
func calledOperation(s *trace.Span) string {
	for _, c := range s.Children {
		if c.Remote() {
			return name(c.Service, c.Name)
		}
	}
	return name(s.Callee(), s.Name)
}
