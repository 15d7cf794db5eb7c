package evidence

import (
	"slices"
	"sort"

	"spanwise/doctor/call"
	"spanwise/doctor/path"
	"spanwise/doctor/trace"
)

// Attempts: a call or a step that failed, and was repeated by its caller, by the HTTP client, or by a proxy.

// findRetries lists the runs of attempts in the trace: the same call repeated, each attempt after the one before it
// had failed.
func (e *Exam) findRetries() []*Loop {
	runs := append(e.proxied(), e.repeatedSteps()...)
	if slices.ContainsFunc(e.Calls, func(c *call.Call) bool { return c.IsAttempt() || onlyServerFailed(c) }) {
		for _, l := range e.pairs() {
			if len(l.Units) == len(l.Calls) {
				l = l.asServed()
				runs = append(runs, l.runs(l.followsFailure)...)
			}
		}
	}
	return runs
}

// onlyServerFailed reports a call of which only the callee's span is marked as failed: the instrumentation of the client records no
// status.
func onlyServerFailed(c *call.Call) bool {
	return !c.Failed && c.Server != nil && c.Server != c.Span && c.Server.Error &&
		c.Span.Get(trace.HTTPStatus) == "" && c.Span.Get(trace.RPCStatus) == "" && call.Failed(c.Server)
}

// asServed is a loop whose calls count as failed if the callee's side of them did.
func (l *Loop) asServed() *Loop {
	if !slices.ContainsFunc(l.Calls, onlyServerFailed) {
		return l
	}
	served := &Loop{Parent: l.Parent, Units: l.Units, busy: l.busyUntil()}
	for _, c := range l.Calls {
		attempt := *c
		attempt.Failed = c.Failed || onlyServerFailed(c)
		served.Calls = append(served.Calls, &attempt)
	}
	return served
}

// runs cuts a loop into runs of two or more calls, each of which is another attempt at the call before it.
func (l *Loop) runs(again func(i int) bool) (runs []*Loop) {
	for from, to := 0, 0; from < len(l.Calls); from = to {
		for to = from + 1; to < len(l.Calls) && again(to); to++ {
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
				attempt := c.To(s.Answerer()) // the consumer of a message, and not its broker
				attempt.Span, attempt.Server, attempt.Failed, attempt.Resent = s, s, call.Failed(s) || aborted(s), false
				l.Calls, l.Units = append(l.Calls, attempt), append(l.Units, s)
			}
		}
		if len(l.Calls) >= 2 {
			found = append(found, l.runs(l.followsFailure)...)
		}
	}
	return found
}

// repeatedSteps finds steps within a process that failed and were repeated, until one succeeded. The calls in them, if any, left no
// spans. Steps of one name that go on after a success are for different items.
func (e *Exam) repeatedSteps() (found []*Loop) {
	seen := map[*trace.Span]bool{} // parents
	for _, s := range e.Trace.Spans {
		if s.Error && s.Parent != nil && !seen[s.Parent] && e.isStep(s) {
			seen[s.Parent] = true
			for _, l := range e.stepsOf(s.Parent) {
				if runs := l.runs(l.followsFailure); len(runs) == 1 && len(runs[0].Units) == len(l.Units) {
					found = append(found, runs[0])
				}
			}
		}
	}
	return found
}

// isStep reports a span that is neither a call nor contains anything. Connecting to one address of a host after another is part of a call.
func (e *Exam) isStep(s *trace.Span) bool {
	return len(s.Children) == 0 && e.CallOf[s.Index] == nil && Wraps(s) && !s.Parent.Calling() && !call.Housekeeping(s) && !call.Connecting(s)
}

// stepsOf groups the steps of a span by name.
func (e *Exam) stepsOf(parent *trace.Span) []*Loop {
	byName := map[string]*Loop{}
	var list []*Loop
	for _, s := range parent.Children {
		if !e.isStep(s) {
			continue
		}
		l := byName[s.Name]
		if l == nil {
			l = &Loop{Parent: parent}
			byName[s.Name], list = l, append(list, l)
		}
		l.Calls = append(l.Calls, &call.Call{Request: &call.Request{Caller: s.Service, Template: s.Name}, Span: s, Failed: call.Failed(s)})
		l.Units = append(l.Units, s)
	}
	return list
}

// aborted reports a server's span that records an exception and no status: its caller got no answer.
func aborted(s *trace.Span) bool {
	return s.Get(trace.HTTPStatus) == "" && s.Get(trace.RPCStatus) == "" &&
		slices.ContainsFunc(s.Events, func(ev trace.Event) bool { return ev.Name == "exception" })
}

// Wasted is how much of the critical path a run of attempts took before the attempt that succeeded: the failed attempts, and the
// pauses after them. If the last one failed too, all of them are wasted.
func (e *Exam) Wasted(l *Loop) (us trace.Micros) {
	last := len(l.Units) - 1
	for i, pause := range l.Pauses() {
		us += e.Total[l.Units[i].Index]
		if e.Total[l.Units[i+1].Index] > 0 {
			us += pause
		}
	}
	if l.Calls[last].Failed {
		us += e.Total[l.Units[last].Index]
	}
	return us
}

// LastOnly makes the last attempt of a run the only one, without what a driver does between the attempts.
func (e *Exam) LastOnly(l *Loop) []path.Change {
	first, last := l.Units[0], l.Calls[len(l.Calls)-1].Span
	only := path.Capped(first, last.Duration)
	if last.Duration > first.Duration {
		only = path.Exactly(first, last.Duration)
	}
	changes := []path.Change{only, path.Removed(l.Units[1:]...)}
	if between := e.driverBetween(l); len(between) > 0 {
		changes = append(changes, path.Removed(between...))
	}
	return changes
}

// driverBetween is the housekeeping between the first and the last attempt of a run: a transaction that is rolled back, and begins again.
func (e *Exam) driverBetween(l *Loop) (list []*trace.Span) {
	from, to := l.Units[0].End(), l.Units[len(l.Units)-1].Start
	siblings := l.Parent.Children
	i := sort.Search(len(siblings), func(i int) bool { return siblings[i].Start >= from })
	for ; i < len(siblings) && siblings[i].Start < to; i++ {
		if c := e.CallOf[siblings[i].Index]; c != nil && c.Housekeeping {
			list = append(list, siblings[i])
		}
	}
	return list
}

// followsFailure reports whether the i-th call is another attempt at the call before it, which failed.
func (l *Loop) followsFailure(i int) bool {
	before, next := l.Calls[i-1], l.Calls[i]
	if before.Key != next.Key || next.Span.Start < before.Span.End()-Overlap {
		return false
	}
	return before.Failed && !refused(before) || next.Resent
}
