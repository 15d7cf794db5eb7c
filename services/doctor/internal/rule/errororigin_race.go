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
type races map[race][]*call.Call

// A race is what attempts at the same call have in common: where they were made, and what they ask for, of whichever host.
type race struct {
	within *trace.Span
	asks   string
}

func newRaces(e *evidence.Exam) races {
	r := races{}
	for _, c := range e.Calls {
		if c.Failed && evidence.Cancelled(c.Span) {
			for _, at := range racesOf(c) {
				r[at] = nil
			}
		}
	}
	if len(r) == 0 {
		return nil
	}
	for _, c := range e.Calls {
		if c.Failed {
			continue
		}
		for _, at := range racesOf(c) {
			if _, lost := r[at]; lost {
				r[at] = append(r[at], c)
			}
		}
	}
	for _, winners := range r {
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

// lost reports a cancelled call, or something within one, whose twin had just succeeded: a hedged request, or one that was sent to several
// replicas. The caller needed only one response.
func (r races) lost(e *evidence.Exam, s *trace.Span) bool {
	const levels = 16
	if len(r) == 0 || !evidence.Cancelled(s) {
		return false
	}
	for at, i := s, 0; at != nil && i < levels; at, i = at.Parent, i+1 {
		if c := e.CallOf[at.Index]; c != nil && c.Failed && slices.ContainsFunc(racesOf(c), func(at race) bool { return r.won(at, c.Span) }) {
			return true
		}
	}
	return false
}

// won reports whether one of the calls in a race succeeded while s ran, shortly before s ended.
func (r races) won(at race, s *trace.Span) bool {
	winners := r[at]
	if len(winners) == 0 || call.Failed(at.within) {
		return false
	}
	i := sort.Search(len(winners), func(i int) bool { return winners[i].Span.End() > s.End()+evidence.Overlap }) - 1
	return i >= 0 && winners[i].Span.End() > s.Start && winners[i].Span.End() >= s.End()-aftermath
}
