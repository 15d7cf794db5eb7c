package evidence

import (
	"slices"

	"spanwise/doctor/call"
)

// findRetries lists the runs of attempts in the trace: the same call repeated, each attempt after the one before it
// had failed.
func (e *Exam) findRetries() []*Loop {
	runs := e.proxied()
	if slices.ContainsFunc(e.Calls, (*call.Call).IsAttempt) {
		for _, l := range e.pairs() {
			if len(l.Units) == len(l.Calls) {
				runs = append(runs, l.attempts()...)
			}
		}
	}
	return runs
}

// attempts cuts a loop into runs of two or more attempts at the same call.
func (l *Loop) attempts() (runs []*Loop) {
	for from, to := 0, 0; from < len(l.Calls); from = to {
		for to = from + 1; to < len(l.Calls) && followsFailure(l.Calls[to-1], l.Calls[to]); to++ {
		}
		if to-from >= 2 {
			runs = append(runs, &Loop{Parent: l.Parent, Calls: l.Calls[from:to], Units: l.Units[from:to], busy: l.busyUntil()})
		}
	}
	return runs
}

// proxied finds calls that reached their callee several times: something between the two, such as a proxy, repeated
// them.
func (e *Exam) proxied() (found []*Loop) {
	for _, c := range e.Calls {
		if c.Server == nil || c.Server == c.Span || len(c.Span.Children) < 2 {
			continue
		}
		l := &Loop{Parent: c.Span}
		for _, s := range c.Span.Children {
			if s.Remote() && s.Service == c.Server.Service && s.Name == c.Server.Name {
				attempt := *c
				attempt.Span, attempt.Server, attempt.Failed, attempt.Resent = s, s, call.Failed(s), false
				l.Calls, l.Units = append(l.Calls, &attempt), append(l.Units, s)
			}
		}
		if len(l.Calls) >= 2 {
			found = append(found, l.attempts()...)
		}
	}
	return found
}

// followsFailure reports whether next is another attempt at the call before it, which failed.
func followsFailure(before, next *call.Call) bool {
	if before.Key != next.Key || next.Span.Start < before.Span.End()-Overlap {
		return false
	}
	return before.Failed || next.Resent
}
