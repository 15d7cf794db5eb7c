package doctor

import (
	"slices"

	"spanwise/doctor/call"
)

// findRetries lists runs of attempts: the same call again, each after the one before had failed.
func (e *exam) findRetries() []*loop {
	runs := e.proxied()
	if slices.ContainsFunc(e.calls, (*call.Call).IsAttempt) {
		for _, l := range e.pairs() {
			if len(l.units) == len(l.calls) {
				runs = append(runs, l.attempts()...)
			}
		}
	}
	return runs
}

// attempts cuts a loop into runs of two and more attempts at the same.
func (l *loop) attempts() (runs []*loop) {
	for from, to := 0, 0; from < len(l.calls); from = to {
		for to = from + 1; to < len(l.calls) && followsFailure(l.calls[to-1], l.calls[to]); to++ {
		}
		if to-from >= 2 {
			runs = append(runs, &loop{parent: l.parent, calls: l.calls[from:to], units: l.units[from:to], busy: l.busyUntil()})
		}
	}
	return runs
}

// proxied finds calls that reached their callee several times: something between the two made them again.
func (e *exam) proxied() (found []*loop) {
	for _, c := range e.calls {
		if c.Server == nil || c.Server == c.Span || len(c.Span.Children) < 2 {
			continue
		}
		l := &loop{parent: c.Span}
		for _, s := range c.Span.Children {
			if s.Remote() && s.Service == c.Server.Service && s.Name == c.Server.Name {
				attempt := *c
				attempt.Span, attempt.Server, attempt.Failed, attempt.Resent = s, s, call.Failed(s), false
				l.calls, l.units = append(l.calls, &attempt), append(l.units, s)
			}
		}
		if len(l.calls) >= 2 {
			found = append(found, l.attempts()...)
		}
	}
	return found
}

// followsFailure reports whether next is another attempt at what failed.
func followsFailure(before, next *call.Call) bool {
	if before.Key != next.Key || next.Span.Start < before.Span.End()-overlap {
		return false
	}
	return before.Failed || next.Resent
}
