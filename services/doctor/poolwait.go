package doctor

import (
	"fmt"
	"slices"

	"spanwise/doctor/call"
	"spanwise/doctor/path"
	"spanwise/doctor/trace"
)

var poolWait = rule{
	kind:  PoolWait,
	title: "Waiting for a connection that others have, before the work can begin",
	doc: `Two kinds of proof. The trace says so: a span on the critical path is named for acquiring or
checking out a connection. Or the load says so, for which other traces are needed: the calls that one service
makes to one store, those of all traces together, run at most k at once, and for at least 60 % of their busy
time it is k of them; before a call of this trace is a pause, during which k others ran, and it begins within a
millisecond of one's end. Many drivers begin their span only with the connection in hand, so that waiting for
the pool is just such a pause.

A bounded fan-out within one request looks the same from inside, and is a choice: it is only mentioned.

Saving: the waits replayed as nothing; the cautious figure takes half. An upper bound: with a wider pool the
queue may move to what the connections are for.

What fools it: a limit set on purpose, to protect the store.`,
	find: findPoolWait,
}

func findPoolWait(e *exam) []suspicion {
	return slices.Concat(e.waits().acquiring, e.waits().pools, e.boundedLoops())
}

// saidToAcquire finds spans that are named for waiting for a connection.
func (e *exam) saidToAcquire() []suspicion {
	var all gathering
	for _, s := range e.spent {
		if !call.Acquiring(s) || e.own[s.Index] < soon {
			continue
		}
		f := suspicion{spans: []*trace.Span{s}}
		f.Service, f.Operation, f.Count = s.Service, operationAround(s), 1
		f.Callee = s.Get(trace.DBSystem)
		f.Saving.Basis, f.Confidence, f.Evidence = Shared, High, Sufficient
		f.high = []path.Change{path.Shorter(s, e.own[s.Index])}
		f.low = []path.Change{path.Shorter(s, e.own[s.Index]/2)}
		f.Because = fmt.Sprintf("`%s` in %s takes %s on the critical path", s.Name, s.Service, ms(e.own[s.Index]))
		f.Unless = "it opens a new connection rather than waiting for one (then see cold-connect)"
		f.Fix = fmt.Sprintf("widen the pool of %s, or hold connections for a shorter time; the queue may move to the database", s.Service)
		all.add(f)
	}
	return all.list
}

// poolsUnderLoad finds pauses before calls while other traces used the store to a limit.
func (e *exam) poolsUnderLoad() []suspicion {
	index := map[call.Question]int{}
	var found []suspicion
	for _, c := range e.calls {
		l := e.history.load(c)
		if l == nil || e.total[c.Span.Index] == 0 || !l.limits() {
			continue
		}
		wait := l.waited(e, c.Span)
		if wait == 0 || saysLock(c.Span.Parent) || slices.ContainsFunc(lastSiblings(c.Span), func(s *trace.Span) bool { return mayWait(s, c.Span) && saysLock(s) }) {
			continue
		}
		i, known := index[c.Resource()]
		if !known {
			i = len(found)
			index[c.Resource()] = i
			found = append(found, suspicion{})
		}
		f := &found[i]
		f.Count++
		f.spans = append(f.spans, c.Span)
		f.CriticalPathUS += wait
		f.low = append(f.low, l.without(c.Span, wait/2)...)
		f.high = append(f.high, l.without(c.Span, wait)...)
		l.describe(f, c)
	}
	return found
}

// without takes wait away from before a call: from the pause, and from a span that waits in it.
func (l *load) without(first *trace.Span, wait int64) []path.Change {
	changes := []path.Change{path.Shorter(first.Parent, wait)}
	for _, s := range lastSiblings(first) {
		if l.spanned && mayWait(s, first) {
			changes = append(changes, path.Lasting(s, s.Duration-min(wait, s.Duration)))
		}
	}
	return changes
}

// describe says what is known of a wait for the resource that c uses.
func (l *load) describe(f *suspicion, c *call.Call) {
	f.Service, f.Operation, f.Callee = c.Caller, operationAround(f.spans[0]), c.Callee
	f.Saving.Basis, f.Confidence, f.Evidence = Shared, High, Sufficient
	f.Because = fmt.Sprintf("this request paused for %s before calls to %s while %d from other requests ran, and went on when one ended; "+
		"of %d calls in all at most %d run at once, and exactly %d for %s of the busy time",
		ms(f.CriticalPathUS), c.Callee, l.most, len(l.runs), l.most, l.most, percent(l.atMost))
	f.Unless = fmt.Sprintf("the limit of %d is there to protect %s", l.most, c.Callee)
	if l.most == 1 {
		f.Unless += ", or is a lock that they hold meanwhile"
	}
	f.Fix = fmt.Sprintf("allow %s more than %s to %s, or hold them for a shorter time; the queue may move to %s",
		c.Caller, times(l.most, "connection"), c.Callee, c.Callee)
}

// boundedLoops mentions loops that run k at a time, each call beginning when another one ends: by choice, or for want of more.
func (e *exam) boundedLoops() []suspicion {
	var all gathering
	for _, l := range e.loops(3) {
		k, follow := l.bound()
		if k < 2 || len(l.units) < max(4, k+1) || follow < 0.9 {
			continue
		}
		c := l.calls[0]
		s := suspicion{spans: l.units, minor: true, subject: c.Template}
		s.Service, s.Operation, s.Callee, s.Count = l.parent.Service, l.parent.Name, c.Callee, len(l.calls)
		s.Saving.Basis, s.Confidence, s.Evidence = Shared, Low, NeedsOtherTraces
		s.high = []path.Change{path.Together(l.units...)}
		s.Because = fmt.Sprintf("%d × %s run %d at a time, %s of the later ones beginning just when another ends",
			len(l.calls), c.Describe(), k, percent(follow))
		s.Unless = fmt.Sprintf("running %d at a time is a choice that protects the callee", k)
		s.Fix = "allow more at a time, if the callee bears it"
		all.add(s)
	}
	return all.heaviest(e)
}

// bound is how many of the units run at once, at most, and what part of those after the first so many begin within a millisecond
// of another one's end.
func (l *loop) bound() (k int, follow float64) {
	ends := make([]int64, 0, len(l.units))
	running, prompt := 0, 0
	for _, u := range l.units { // by start
		ends = append(ends, u.End())
	}
	slices.Sort(ends)
	ended := 0
	for i, u := range l.units {
		for ; ended < i && ends[ended] <= u.Start; ended++ {
			running--
		}
		if running++; running > k {
			k = running
		}
		if ended > 0 && u.Start-ends[ended-1] <= 1000 {
			prompt++
		}
	}
	if len(l.units) <= k {
		return k, 0
	}
	return k, float64(prompt) / float64(len(l.units)-k)
}
