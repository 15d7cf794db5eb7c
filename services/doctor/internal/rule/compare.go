package rule

import (
	"slices"

	"spanwise/doctor/finding"
	"spanwise/doctor/internal/evidence"
	"spanwise/doctor/path"
	"spanwise/doctor/trace"
)

// noticed is the least time, in µs, that a person notices: Nielsen, Usability Engineering (1993), chapter 5, has 0.1 s for what feels
// instantaneous. Where nothing says what is usual, or that it is so, less is no reason to call anything slow.
const noticed = 100_000

// judge decides whether what takes so long in a place is worth a finding: it is slower than usual, or nobody else asks for it; or nothing says what
// is usual, and a person notices it. What takes as long as ever is sick only if its half of the request, or more, is too long at
// all times.
func judge(e *evidence.Exam, p *evidence.Place, s *Suspicion, known comparison) {
	switch known {
	case slower:
		s.Minor = false
	case usual:
		s.Minor = p.Total < noticed || e.BusyShare(p.Total) < 0.5
		if !s.Minor {
			s.Reason("all of them wait for it")
			s.Unless = "this is the work that the request is for, and cannot be done faster"
		}
	default:
		s.Minor = p.Total < noticed
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
func compare(e *evidence.Exam, s *Suspicion, spans []*trace.Span) (known comparison) {
	s.Evidence = finding.NeedsOtherTraces
	for _, span := range spans {
		norm, ok := e.Usual(e.Question(span))
		if !ok {
			continue
		}
		s.Evidence, known = finding.Sufficient, max(known, usual)
		s.Unless = "the comparison is with calls that had less to do"
		if span.Duration < norm.Slow {
			continue
		}
		known = slower
		s.Figures.UsualUS = norm.Median
		s.Low = append(s.Low, path.Lasting(span, norm.Median))
		if len(s.Low) == 1 {
			s.Confidence = finding.Medium
			if norm.Others {
				s.Confidence = finding.High
			}
			s.Reason("it took %s, usual is %s (%s)", evidence.Ms(span.Duration), evidence.Ms(norm.Median), norm.Source)
		}
	}
	if known == usual {
		s.Confidence = finding.Low
		s.Reason("that is no more than it takes at other times")
		s.Unless = "what is usual is too slow already"
	}
	if all := e.History.Alike(e) - 1; known == unknown && all+1 >= evidence.NormTraces {
		if without := all - alsoDo(e, spans); without*4 >= all*3 {
			s.Evidence, known = finding.Sufficient, unheard
			s.Reason("%d of %d other requests of the kind do without it", without, all)
			s.Unless = "this request had more to do than the others"
		}
	}
	return known
}

// alsoDo counts the other traces with any of the spans' questions.
func alsoDo(e *evidence.Exam, spans []*trace.Span) int {
	others := map[*evidence.Exam]bool{}
	for _, s := range spans {
		for _, r := range e.History.Runs[e.Question(s)] {
			if r.Exam != e {
				others[r.Exam] = true
			}
		}
	}
	return len(others)
}

// queuedIn is the wait for a turn, in a lock's queue or a pool's, that takes half of a place's time or more. What is usual says nothing then:
// the others stood in the queue as well.
func queuedIn(e *evidence.Exam, p *evidence.Place) (kind finding.Kind, us int64, found bool) {
	inside := func(s *trace.Span) bool {
		return slices.ContainsFunc(p.Visits, func(v evidence.Visit) bool { return isWithin(s, v.Span) })
	}
	for _, q := range e.Turns().Queues {
		if us := min(q.Wait, e.Total[q.Span.Index]); us*2 >= p.Total && inside(q.Span) {
			return finding.QueueWait, us, true
		}
	}
	for _, w := range e.Turns().Pools {
		if w.Wait*2 >= p.Total && slices.ContainsFunc(w.Pauses, func(w evidence.Pause) bool { return inside(w.Call.Span) }) {
			return finding.PoolWait, w.Wait, true
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

// certainty is how sure we are that a place is slow, from this trace alone: half the request is convincing,
// as is a third if everything else is cheap.
func certainty(e *evidence.Exam, p *evidence.Place) finding.Confidence {
	var next int64
	for _, o := range e.Places {
		if o != p {
			next = max(next, o.Typical)
		}
	}
	if e.BusyShare(p.Total) >= 0.5 || e.BusyShare(p.Total) >= evidence.MainShare && p.Typical >= 2*next {
		return finding.Medium
	}
	return finding.Low
}
