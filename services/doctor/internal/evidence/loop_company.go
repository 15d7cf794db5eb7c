package evidence

import (
	"cmp"
	"slices"

	"spanwise/doctor/call"
	"spanwise/doctor/trace"
)

// Company is what a driver does around the calls of a loop, in spans alongside them, that a single call would do once at most: checking
// connections out, transactions of one statement, reading rows. What precedes the first call, or follows the last, stays, but only one of each.
func (e *Exam) Company(l *Loop) (list []*trace.Span) {
	first, last := l.Units[0], l.Units[len(l.Units)-1]
	if len(l.Parent.Children) == len(l.Units) {
		return nil
	}
	from := e.loopBegins(l)
	before := map[string]bool{} // names of the spans that precede the first call
	for _, s := range l.Parent.Children {
		switch {
		case s.Start < from || s.Start > last.Start || !e.servesCalls(s, l):
		case s.Start >= first.End():
			list = append(list, s)
		case before[s.Name]:
			list = append(list, s)
		default:
			before[s.Name] = true
		}
	}
	return list
}

// loopBegins is when the parent had finished what it did before the loop.
func (e *Exam) loopBegins(l *Loop) trace.Micros {
	from := l.Parent.Start
	for _, s := range l.Parent.Children {
		if s.Start >= l.Units[0].Start {
			break
		}
		if c := e.CallOf[s.Index]; (c == nil || !c.Housekeeping) && s.End() <= l.Units[0].Start {
			from = max(from, s.End())
		}
	}
	return from
}

// servesCalls reports whether s is housekeeping for calls like those of the loop.
func (e *Exam) servesCalls(s *trace.Span, l *Loop) bool {
	c := e.CallOf[s.Index]
	return c != nil && c.Housekeeping && (c.Callee == "" || c.Callee == l.Calls[0].Callee)
}

// Covered is how long at least one turn ran.
func (l *Loop) Covered() trace.Micros { return covered(l.Units) }

// covered is how long at least one of the spans, which are ordered by start, ran.
func covered(spans []*trace.Span) (us trace.Micros) {
	var end trace.Micros
	for _, s := range spans {
		us += max(0, s.End()-max(end, s.Start))
		end = max(end, s.End())
	}
	return us
}

// InParallel reports whether the spans, which are ordered by start, mostly overlap.
func InParallel(spans []*trace.Span) bool {
	return float64(Sum(Durations(spans))) >= SideBySide*float64(covered(spans))
}

// WaitOf is how long the calls of a loop waited for connections or for their turn, if they were started at once; 0 if they were not. It
// uses this trace alone.
func (e *Exam) WaitOf(l *Loop) trace.Micros {
	wait := e.waitInBursts(l)
	var waits []*trace.Span
	for _, s := range l.Parent.Children {
		if s.Duration >= Soon && e.servesCalls(s, l) && (call.Acquiring(s) || call.Connecting(s)) {
			waits = append(waits, s)
		}
	}
	for _, c := range l.Calls {
		for _, s := range c.Span.Children {
			if s.Duration >= Soon && call.Acquiring(s) {
				waits = append(waits, s)
			}
		}
	}
	slices.SortStableFunc(waits, func(a, b *trace.Span) int { return cmp.Compare(a.Start, b.Start) })
	if InParallel(waits) {
		wait += Sum(Durations(waits))
	}
	return wait
}

// waitInBursts is how long the calls of a loop waited inside their spans.
func (e *Exam) waitInBursts(l *Loop) (wait trace.Micros) {
	bursts := e.Bursts()
	if len(bursts) == 0 {
		return 0
	}
	in := make(map[*call.Call]bool, len(l.Calls))
	for _, c := range l.Calls {
		in[c] = true
	}
	for _, b := range bursts {
		for i, c := range b.Calls {
			if in[c] {
				wait += b.Waits[i]
			}
		}
	}
	return wait
}
