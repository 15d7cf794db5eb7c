package evidence

import (
	"cmp"
	"slices"

	"spanwise/doctor/call"
	"spanwise/doctor/trace"
)

// Queued returns a loop of the calls alone, if the turns all began together, and then waited for each other's calls in no span of their
// own, as the resolvers of GraphQL do for a pool of connections; nil if they did not.
func (l *Loop) Queued() *Loop {
	if l.Units[0] == l.Calls[0].Span || l.Concurrency() < SideBySide {
		return nil
	}
	calls := slices.Clone(l.Calls)
	slices.SortStableFunc(calls, func(a, b *call.Call) int { return cmp.Compare(a.Span.Start, b.Span.Start) })
	alone := &Loop{Parent: l.Parent, Calls: calls, Units: each(calls, func(c *call.Call) *trace.Span { return c.Span })}
	firstEnd := slices.Min(each(alone.Units, (*trace.Span).End))
	inRounds := alone.Covered()*10 >= Median(alone.Durations())*18
	if l.Units[len(l.Units)-1].Start > firstEnd || !inRounds || l.waited()*4 < Sum(l.Durations()) { // in two rounds, a third of the time
		return nil
	}
	return alone
}

// waited is for how long the turns ran before their first calls.
func (l *Loop) waited() (us trace.Micros) {
	seen := make(map[*trace.Span]bool, len(l.Units))
	for _, c := range l.Calls {
		unit := c.Span
		for unit.Parent != l.Parent {
			unit = unit.Parent
		}
		if !seen[unit] {
			seen[unit] = true
			us += c.Span.Start - unit.Start
		}
	}
	return us
}
