package report

import (
	"cmp"
	"fmt"
	"slices"

	"spanwise/doctor/trace"
)

// CallsAbove says, in words, which operations of t call one other operation more than most times, most calls first.
// Time plays no part: on the small data of a test, calls that will hurt later cost nothing yet.
func CallsAbove(t *trace.Trace, most int) []string {
	type route struct{ caller, operation string }
	made := map[route]int{}
	for _, s := range t.Spans {
		if s.Calling() {
			made[route{s.Service, called(s)}]++
		}
	}
	var over []route
	for r, n := range made {
		if n > most {
			over = append(over, r)
		}
	}
	slices.SortFunc(over, func(a, b route) int {
		return cmp.Or(cmp.Compare(made[b], made[a]), cmp.Compare(a.caller, b.caller), cmp.Compare(a.operation, b.operation))
	})
	var words []string
	for _, r := range over {
		words = append(words, fmt.Sprintf("%s makes %s of %s", printable(cmp.Or(r.caller, "(no service)")), plural(made[r], "call"), r.operation))
	}
	return words
}

// called names what a call reaches: the operation that answered, if it left a span, for clients' names say little.
func called(s *trace.Span) string {
	for _, c := range s.Children {
		if c.Remote() {
			return name(c.Service, c.Name)
		}
	}
	return name(s.Callee(), s.Name)
}
