package doctor

import (
	"fmt"
	"slices"

	"spanwise/doctor/path"
	"spanwise/doctor/trace"
)

// noticed is the least time, in µs, that a person notices: Nielsen, Usability Engineering (1993), chapter 5, has 0.1 s for what feels
// instantaneous. Where nothing says what is usual, or that it is so, less is no reason to call anything slow.
const noticed = 100_000

// judge decides whether what takes so long in a place is worth a finding: it is slower than usual, or nobody else asks for it; or nothing says what
// is usual, and a person notices it. What takes as long as ever is sick only if its half of the request, or more, is too long at
// all times.
func (e *exam) judge(p *place, s *suspicion, known comparison) {
	switch known {
	case slower:
		s.minor = false
	case usual:
		s.minor = p.us < noticed || e.busy(p.us) < 0.5
		if !s.minor {
			s.Because += ", and all of them wait for it"
			s.Unless = "this is the work that the request is for, and cannot be done faster"
		}
	default:
		s.minor = p.us < noticed
	}
}

// A comparison is what other calls say of some.
type comparison uint8

const (
	unknown comparison = iota
	usual              // they take no longer than at other times
	slower             // than at other times
	unheard            // other requests of the kind do without
)

// compare looks for what the spans usually take and, if they took much longer, says so and makes that the cautious saving.
func (e *exam) compare(s *suspicion, spans []*trace.Span) (known comparison) {
	s.Evidence = NeedsOtherTraces
	for _, span := range spans {
		norm, ok := e.usual(e.question(span))
		if !ok {
			continue
		}
		s.Evidence, known = Sufficient, max(known, usual)
		s.Unless = "the comparison is with calls that had less to do"
		if span.Duration < norm.slow {
			continue
		}
		known = slower
		s.low = append(s.low, path.Lasting(span, norm.median))
		if len(s.low) == 1 {
			s.Confidence = Medium
			if norm.others {
				s.Confidence = High
			}
			s.Because += fmt.Sprintf("; it took %s, usual is %s (%s)", ms(span.Duration), ms(norm.median), norm.source)
		}
	}
	if known == usual {
		s.Confidence = Low
		s.Because += "; that is no more than it takes at other times"
		s.Unless = "what is usual is too slow already"
	}
	if all := e.history.kinds[operation{e.root.Service, e.root.Name}] - 1; known == unknown && all+1 >= normTraces {
		if without := all - e.alsoDo(spans); without*4 >= all*3 {
			s.Evidence, known = Sufficient, unheard
			s.Because += fmt.Sprintf("; %d of %d other requests of the kind do without it", without, all)
			s.Unless = "this request had more to do than the others"
		}
	}
	return known
}

// alsoDo counts the other traces with any of the spans' questions.
func (e *exam) alsoDo(spans []*trace.Span) int {
	others := map[*exam]bool{}
	for _, s := range spans {
		for _, r := range e.history.asked[e.question(s)] {
			if r.exam != e {
				others[r.exam] = true
			}
		}
	}
	return len(others)
}

// queuedIn is the wait for a turn, in a lock's queue or a pool's, that takes half of a place's time or more. What is usual says nothing then:
// the others stood in the queue as well.
func queuedIn(e *exam, p *place) (kind Kind, us int64, found bool) {
	inside := func(s *trace.Span) bool {
		return slices.ContainsFunc(p.visits, func(v visit) bool { return isWithin(s, v.span) })
	}
	for _, q := range e.turns().queues {
		if us := min(q.wait, e.total[q.span.Index]); us*2 >= p.us && inside(q.span) {
			return QueueWait, us, true
		}
	}
	for _, w := range e.turns().pools {
		if w.us*2 >= p.us && slices.ContainsFunc(w.pauses, func(w pause) bool { return inside(w.call.Span) }) {
			return PoolWait, w.us, true
		}
	}
	return "", 0, false
}

// isWithin reports whether s is the other span, or not far below it.
func isWithin(s, other *trace.Span) bool {
	const levels = 16
	for i := 0; s != nil && i < levels; s, i = s.Parent, i+1 {
		if s == other {
			return true
		}
	}
	return false
}
