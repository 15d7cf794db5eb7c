package rule

import (
	"slices"

	"spanwise/doctor/call"
	"spanwise/doctor/internal/evidence"
	"spanwise/doctor/path"
	"spanwise/doctor/trace"
)

// clearly is the number of calls that are a loop over items, whatever else they may look like.
const clearly = 20

// describeRounds says how the calls follow one another. A few calls that all run at once take hardly longer than one call would; nor would
// calls that only wait for each other, unless they are the items of a list.
func describeRounds(e *evidence.Exam, s *Suspicion, l *evidence.Loop, list *call.Call) {
	spent := evidence.Sum(evidence.Durations(l.Work()))
	switch wait := e.WaitOf(l); {
	case len(l.Calls) < clearly && list == nil && wait > 0 && wait*2 >= spent:
		s.Minor = true
		s.Reason("they were started at once, and wait for each other: %s in all", wait)
	case s.Figures.Concurrency < evidence.SideBySide:
		s.Reason("one after another: %s in the calls and %s between them, %s of the critical path",
			spent, evidence.Sum(l.Between(l.Work())), evidence.Percent(e.Share(l.OnPath)))
	case l.Queued() != nil:
		calls := l.Queued()
		s.Figures.Concurrency = calls.Concurrency()
		s.Reason("started at once, but made %.1f at a time: together they take as long as %.1f calls one after another",
			s.Figures.Concurrency, rounds(calls.Covered(), evidence.Median(calls.Durations())))
	case atOnce(l):
		s.Minor = true
		s.Reason("%.1f at a time: this adds load rather than latency", s.Figures.Concurrency)
	default:
		s.Reason("%.1f at a time: together they take as long as %.1f calls one after another",
			s.Figures.Concurrency, rounds(l.Covered(), evidence.Median(l.Durations())))
	}
}

// atOnce reports whether the calls all run at once, so that they take hardly longer than one of them. If there are many, even that may be
// much longer than one call alone.
func atOnce(l *evidence.Loop) bool {
	one := evidence.Median(l.Durations())
	if len(l.Calls) < clearly {
		one = slices.Max(l.Durations())
	}
	return l.Concurrency() >= evidence.SideBySide && rounds(l.Covered(), one) < 1.8
}

// rounds is how many calls, one after another, would take as long.
func rounds(covered, one trace.Micros) float64 { return float64(covered) / float64(max(one, 1)) }

// batchChanges returns the cautious fix and the thorough one. The thorough one is a single call of median duration, without what the
// driver and the loop do around each of the others. The cautious one runs eight calls of median duration at a time.
//
// If the calls already run in parallel, they may have slowed each other down: then the cautious fix is the single call of median duration,
// and the thorough one takes as long as the shortest. Calls that all run at once become one that takes as long as the longest. Pauses that
// are longer than a call are the caller's own work, and stay. If the turns mostly do something other than the calls, both fixes remove only
// the calls.
func batchChanges(e *evidence.Exam, l *evidence.Loop, work []*trace.Span) (low, high []path.Change) {
	const several = 8
	first, others, durations := work[0], work[1:], evidence.Durations(work)
	median := evidence.Median(durations)
	if calls := l.Queued(); calls != nil && !hasNoBatch(l.Calls[0]) {
		return oneTurn(l, calls.Durations())
	}
	one := path.Capped(first, median)
	if first != l.Units[0] {
		high = append(shortened(others, 0), one)
		return high, high
	}
	if hasNoBatch(l.Calls[0]) {
		return []path.Change{path.AtMost(several/2, work...)}, []path.Change{path.AtMost(several, work...)}
	}
	company := path.Removed(e.Company(l)...)
	all := []path.Change{one, path.Removed(others...), company}
	switch {
	case atOnce(l):
		high = []path.Change{path.Exactly(first, slices.Max(durations)), path.Removed(others...), company}
		return high, high
	case l.Concurrency() >= evidence.SideBySide:
		rest := []path.Change{path.Removed(others...), company}
		return append(rest, path.Exactly(first, median)), append(rest[:2:2], path.Exactly(first, slices.Min(durations)))
	case l.WorksBetween():
		return append(shortened(others, 1.0/several), one, company), append(shortened(others, 0), one, company)
	}
	slow := slices.Max(durations) // of those that all run at once
	if rounds := (len(work) + several - 1) / several; rounds > 1 {
		slow = median * trace.Micros(rounds)
	}
	return []path.Change{path.Exactly(first, slow), path.Removed(others...), company}, all
}

// oneTurn leaves one turn of a loop, which takes as long as a call of median duration or, at best, as the shortest: the turns waited for
// each other.
func oneTurn(l *evidence.Loop, calls []trace.Micros) (low, high []path.Change) {
	first, others := l.Units[0], path.Removed(l.Units[1:]...)
	return []path.Change{others, path.Exactly(first, evidence.Median(calls))}, []path.Change{others, path.Exactly(first, slices.Min(calls))}
}
