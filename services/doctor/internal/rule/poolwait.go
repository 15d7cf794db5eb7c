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
	Doc: `There are four kinds of proof. The trace records it: a span on the critical path, or alongside it until a
call on the path begins, is named for acquiring or checking out a connection, or the step in which an HTTP client
gets one says that another request had it. If nothing shows that another call held a connection meanwhile, the
confidence is lower, and waits below 10 ms are only mentioned, because checking out a free connection or opening a
new one takes as long. So is a single wait below 3 ms, which a busy process takes even then.

Or an attribute of a call states how long it waited, or an event says when it got its connection.

Or the calls of one request show it: at least four began before the first of them ended, but ended one after
another, or k at a time. Either the spans of the callee show that it worked on k of them at once, or at least four
calls waited, at even distances (four in five within a quarter of the median), each about as long as the first ones
took. HTTP/2 and gRPC carry any number of calls over one connection; for them see queue-wait.

Or the load shows it, which takes other traces: the calls from one service to one callee, in all traces together,
run at most k at once, and exactly k for at least 60 % of the busy time; and of the calls that pause while k others
run, at least three, and four in five, start within a millisecond of the end of one. Many drivers start their span
only once they have a connection, so that waiting for the pool shows as such a pause; a semaphore in the caller looks
the same. One call at a time to something other than a store is a lock (see queue-wait).

A loop that starts a call whenever another one ends looks the same from inside, and may be limited on purpose: it
is only mentioned.

Saving: the waits of all calls replayed as nothing, on the critical path and alongside it; what followed each wait
follows it in the replay, too. The cautious figure takes half. It is an upper bound: with a larger pool the queue
may move to what the connections are for.

What can mislead it: a limit that was set on purpose, to protect the store; a callee that itself serves few calls
at a time.`,
	Find: findPoolWait,
}

func findPoolWait(e *evidence.Exam) (found []Suspicion) {
	for _, c := range e.Turns().Checkouts {
		found = append(found, newCheckout(e, c))
	}
	var stated gathering
	for _, w := range e.Turns().Stated {
		if w.For == call.Connection {
			stated.add(newStatedPoolWait(w))
		}
	}
	found = append(found, stated.list...)
	for _, p := range e.Turns().Pools {
		found = append(found, newPoolWait(p))
	}
	return append(found, limitedCalls(e, false)...)
}

// newCheckout is the finding about waits that spans record. A larger pool shortens all of them.
func newCheckout(e *evidence.Exam, c *evidence.Checkout) Suspicion {
	first := c.Spans[0]
	f := Suspicion{Spans: c.Spans}
	f.Service, f.Operation, f.Callee, f.Count = first.Service, c.Operation, c.Callee, len(c.Spans)
	f.Saving.Basis, f.Confidence, f.Evidence = finding.Shared, finding.High, finding.Sufficient
	f.CriticalPathUS, f.Figures.WaitUS = c.Wait, c.Wait
	freed := e.Freed(c.Spans)
	for _, s := range c.Spans {
		f.High = append(f.High, path.LessSelfTime(s, s.Duration))
		f.Low = append(f.Low, path.LessSelfTime(s, s.Duration/2))
	}
	f.High, f.Low = append(f.High, freed...), append(f.Low, freed...)
	f.Reason("`%s` in %s takes %s on the critical path", first.Name, first.Service, c.Wait)
	if n := len(c.Spans); n > 1 {
		f.Reason("%d of this request wait like that, for up to %s", n, slices.Max(evidence.Durations(c.Spans)))
	}
	f.Unless = "the time went on opening a new connection, not on waiting for a free one (see cold-connect)"
	f.Fix = fmt.Sprintf("enlarge %s's connection pool, or hold connections for a shorter time; the queue may move to %s",
		first.Service, cmp.Or(c.Callee, "the database"))
	describeReuse(&f, first)
	f.Minor = len(c.Spans) == 1 && c.Spans[0].Duration < checkingOut
	if !c.Busy {
		f.Reason("no other call is seen that held a connection meanwhile")
		f.Confidence, f.Evidence = finding.Medium, finding.NeedsOtherTraces
		if longest := slices.Max(evidence.Durations(c.Spans)); longest < evidence.Opening {
			f.Minor, f.Confidence = true, finding.Low
		}
	}
	return f
}

// checkingOut is how long a busy process may take to check out a connection, even if there is a free one.
const checkingOut = 3 * trace.Millisecond

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
	limit := evidence.Times(l.Most, "connection")
	if !c.Store {
		limit = evidence.Times(l.Most, "call") + " at once"
	}
	f.Fix = fmt.Sprintf("allow %s more than %s to %s, or hold them for a shorter time; the queue may move to %s",
		c.Caller, limit, c.Callee, c.Callee)
	return f
}
