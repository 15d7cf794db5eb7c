package rule

import (
	"cmp"
	"fmt"
	"slices"

	"spanwise/doctor/call"
	"spanwise/doctor/finding"
	"spanwise/doctor/internal/evidence"
	"spanwise/doctor/path"
	"spanwise/doctor/trace"
)

var poolWait = Rule{
	Kind:  "pool-wait",
	Lead:  "{service} waits for a free connection[ to {callee}]",
	Title: "Waiting for a connection that others hold, before the work can start",
	Doc: `There are two kinds of proof. The trace records it: a span on the critical path is named for acquiring or
checking out a connection, the step in which an HTTP client gets one says that another request had it, or an
attribute of a call states how long it waited. Or the load shows it, which takes other traces: the calls from one
service to one store, in all traces together, run at most k at once, and exactly k for at least 60 % of the busy
time; a call of this trace pauses while k others run, and starts within a millisecond of the end of one. Many
drivers start their span only once they have a connection, so that waiting for the pool shows as such a pause.

Bounded concurrency within one request looks the same from inside, and is a choice: it is only mentioned.

Saving: the waits replayed as nothing; the cautious figure takes half. It is an upper bound: with a larger pool
the queue may move to what the connections are for.

What can mislead it: a limit that was set on purpose, to protect the store.`,
	Find: findPoolWait,
}

func findPoolWait(e *evidence.Exam) []Suspicion {
	var all gathering
	for _, s := range e.Turns().Acquiring {
		all.add(newAcquireWait(e, s))
	}
	for _, w := range e.Turns().Stated {
		if w.For == call.Connection {
			all.add(newStatedPoolWait(w))
		}
	}
	for _, p := range e.Turns().Pools {
		all.list = append(all.list, newPoolWait(p))
	}
	return slices.Concat(all.list, boundedLoops(e))
}

func newAcquireWait(e *evidence.Exam, s *trace.Span) Suspicion {
	f := Suspicion{Spans: []*trace.Span{s}}
	f.Service, f.Operation, f.Count = s.Service, evidence.OperationAround(s), 1
	f.Callee = cmp.Or(s.Get(trace.DBSystem), s.Callee())
	f.Saving.Basis, f.Confidence, f.Evidence = finding.Shared, finding.High, finding.Sufficient
	f.High = []path.Change{path.LessSelfTime(s, e.Self[s.Index])}
	f.Low = []path.Change{path.LessSelfTime(s, e.Self[s.Index]/2)}
	f.Figures.WaitUS = e.Self[s.Index]
	f.Reason("`%s` in %s takes %s on the critical path", s.Name, s.Service, e.Self[s.Index])
	f.Unless = "the time went on opening a new connection, not on waiting for a free one (see cold-connect)"
	f.Fix = fmt.Sprintf("enlarge %s's connection pool, or hold connections for a shorter time; the queue may move to the database",
		s.Service)
	describeReuse(&f, s)
	return f
}

func newPoolWait(p *evidence.PoolUse) Suspicion {
	l, c := p.Pauses[len(p.Pauses)-1].Load, p.Pauses[0].Call
	f := Suspicion{}
	f.Service, f.Operation, f.Callee, f.Count = c.Caller, evidence.OperationAround(c.Span), c.Callee, len(p.Pauses)
	f.CriticalPathUS = p.Wait
	for _, w := range p.Pauses {
		f.Spans = append(f.Spans, w.Call.Span)
		f.Low = append(f.Low, w.Load.Without(w.Call.Span, w.Wait/2)...)
		f.High = append(f.High, w.Load.Without(w.Call.Span, w.Wait)...)
	}
	f.Figures.WaitUS = p.Wait
	f.Saving.Basis, f.Confidence, f.Evidence = finding.Shared, finding.High, finding.Sufficient
	f.Reason("this request paused for %s before calls to %s while %d from other requests ran, and continued when one ended; "+
		"of %d calls, at most %d ran at once, and exactly %d for %s of the busy time",
		f.CriticalPathUS, c.Callee, l.Most, len(l.Runs), l.Most, l.Most, evidence.Percent(l.AtMost))
	f.Unless = fmt.Sprintf("the limit of %d is there to protect %s", l.Most, c.Callee)
	if l.Most == 1 {
		f.Unless += ", or is a lock that the calls hold"
	}
	f.Fix = fmt.Sprintf("allow %s more than %s to %s, or hold them for a shorter time; the queue may move to %s",
		c.Caller, evidence.Times(l.Most, "connection"), c.Callee, c.Callee)
	return f
}

// boundedLoops mentions loops that run k turns at a time, each starting when another one ends: by choice, or for
// lack of connections.
func boundedLoops(e *evidence.Exam) []Suspicion {
	var all gathering
	for _, l := range e.Loops() {
		k, follow := l.Bound()
		if k < 2 || len(l.Units) < max(4, k+1) || follow < 0.9 {
			continue
		}
		c := l.Calls[0]
		s := Suspicion{Spans: l.Units, Minor: true, subject: c.Template}
		s.Service, s.Operation, s.Callee, s.Count = l.Parent.Service, l.Parent.Name, c.Callee, len(l.Calls)
		s.Saving.Basis, s.Confidence, s.Evidence = finding.Shared, finding.Low, finding.NeedsOtherTraces
		s.High = []path.Change{path.Together(l.Units...)}
		s.Reason("%d × %s run %d at a time; %s of the later ones start right when another one ends",
			len(l.Calls), c.Describe(), k, evidence.Percent(follow))
		s.Unless = fmt.Sprintf("the limit of %d is there to protect the callee", k)
		s.Fix = "raise the limit, if the callee can take more calls at once"
		all.add(s)
	}
	return all.heaviest(e)
}
