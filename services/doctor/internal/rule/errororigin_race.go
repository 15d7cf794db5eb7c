package rule

import (
	"cmp"
	"slices"
	"sort"
	"strings"

	"spanwise/doctor/call"
	"spanwise/doctor/internal/evidence"
	"spanwise/doctor/trace"
)

// races are the calls of a trace that succeeded where one like them was cancelled, by what they have in common; the first to end comes first.
type races struct {
	*failures
	winners map[race][]*call.Call
}

// A race is what attempts at the same call have in common: where they were made, and what they ask for, of whichever host.
type race struct {
	within *trace.Span
	asks   string
}

func (f *failures) findRaces() races {
	r := races{f, map[race][]*call.Call{}}
	for _, c := range f.exam.Calls {
		if f.cancelled[c.Span.Index] {
			for _, in := range racesOf(c) {
				r.winners[in] = nil
			}
		}
	}
	for _, c := range f.exam.Calls {
		if len(r.winners) == 0 || c.Failed {
			continue
		}
		for _, in := range racesOf(c) {
			if _, lost := r.winners[in]; lost {
				r.winners[in] = append(r.winners[in], c)
			}
		}
	}
	for _, winners := range r.winners {
		slices.SortStableFunc(winners, func(a, b *call.Call) int { return cmp.Compare(a.Span.End(), b.Span.End()) })
	}
	return r
}

// racesOf are the races that a call may be part of: within its parent or, if that wraps it, within the span around both.
func racesOf(c *call.Call) (list []race) {
	parent := c.Span.Parent
	if parent == nil {
		return nil
	}
	asks := c.Template
	if c.Key != "" {
		asks = strings.Replace(c.Key, cmp.Or(c.Shard, c.Instance), "", 1)
	}
	list = append(list, race{parent, asks})
	if evidence.Wraps(parent) {
		list = append(list, race{parent.Parent, asks})
	}
	return list
}

// lost reports a cancelled call whose twin had just succeeded, or what failed within one when it was cancelled: a hedged request, or one that
// was sent to several replicas. The caller needed only one response.
func (r races) lost(s *trace.Span) bool {
	const levels = 16
	if len(r.winners) == 0 {
		return false
	}
	for at, i := s, 0; at != nil && i < levels; at, i = at.Parent, i+1 {
		c := r.exam.CallOf[at.Index]
		if c == nil || !r.cancelled[at.Index] || s.End() < at.End()-aftermath && !r.cancelled[s.Index] {
			continue
		}
		if slices.ContainsFunc(racesOf(c), func(in race) bool { return r.won(in, at) }) {
			return true
		}
	}
	return false
}

// won reports whether one of the calls in a race succeeded while s ran, shortly before s ended.
func (r races) won(in race, s *trace.Span) bool {
	winners := r.winners[in]
	if len(winners) == 0 || r.failed[in.within.Index] {
		return false
	}
	i := sort.Search(len(winners), func(i int) bool { return winners[i].Span.End() > s.End()+evidence.Overlap }) - 1
	return i >= 0 && winners[i].Span.End() > s.Start && winners[i].Span.End() >= s.End()-aftermath
}
