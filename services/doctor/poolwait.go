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
	var all gathering
	for _, s := range e.turns().acquiring {
		all.add(acquiringSuspicion(e, s))
	}
	for _, p := range e.turns().pools {
		all.list = append(all.list, poolSuspicion(p))
	}
	return slices.Concat(all.list, e.boundedLoops())
}

func acquiringSuspicion(e *exam, s *trace.Span) suspicion {
	f := suspicion{spans: []*trace.Span{s}}
	f.Service, f.Operation, f.Count = s.Service, operationAround(s), 1
	f.Callee = s.Get(trace.DBSystem)
	f.Saving.Basis, f.Confidence, f.Evidence = Shared, High, Sufficient
	f.high = []path.Change{path.Shorter(s, e.own[s.Index])}
	f.low = []path.Change{path.Shorter(s, e.own[s.Index]/2)}
	f.Because = fmt.Sprintf("`%s` in %s takes %s on the critical path", s.Name, s.Service, ms(e.own[s.Index]))
	f.Unless = "it opens a new connection rather than waiting for one (then see cold-connect)"
	f.Fix = fmt.Sprintf("widen the pool of %s, or hold connections for a shorter time; the queue may move to the database", s.Service)
	return f
}

func poolSuspicion(p *poolUse) suspicion {
	l, c := p.pauses[len(p.pauses)-1].load, p.pauses[0].call
	f := suspicion{}
	f.Service, f.Operation, f.Callee, f.Count = c.Caller, operationAround(c.Span), c.Callee, len(p.pauses)
	f.CriticalPathUS = p.us
	for _, w := range p.pauses {
		f.spans = append(f.spans, w.call.Span)
		f.low = append(f.low, w.load.without(w.call.Span, w.us/2)...)
		f.high = append(f.high, w.load.without(w.call.Span, w.us)...)
	}
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
	return f
}

// A poolUse is the pauses of a trace before its calls to one store, while all traces together used that store to a limit.
type poolUse struct {
	pauses []pause
	us     int64 // sum of the pauses
}

// A pause is how long a call waited for a connection.
type pause struct {
	call *call.Call
	load *load // the use of the store at that time
	us   int64
}

// poolUses finds pauses before calls while other traces used the store to a limit, one entry for each store.
func (e *exam) poolUses() (list []*poolUse) {
	index := map[call.Question]*poolUse{}
	for _, c := range e.calls {
		l := e.history.load(c)
		if l == nil || e.total[c.Span.Index] == 0 || !l.limits() {
			continue
		}
		wait := l.waited(e, c.Span)
		if wait == 0 || saysLock(c.Span.Parent) || slices.ContainsFunc(lastSiblings(c.Span), func(s *trace.Span) bool { return mayWait(s, c.Span) && saysLock(s) }) {
			continue
		}
		p := index[c.Resource()]
		if p == nil {
			p = &poolUse{}
			index[c.Resource()] = p
			list = append(list, p)
		}
		p.pauses = append(p.pauses, pause{c, l, wait})
		p.us += wait
	}
	return list
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

// boundedLoops mentions loops that run k at a time, each call beginning when another one ends: by choice, or for want of more.
func (e *exam) boundedLoops() []suspicion {
	var all gathering
	for _, l := range e.loops() {
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
