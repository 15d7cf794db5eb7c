package rule

import (
	"fmt"
	"slices"

	"spanwise/doctor/finding"
	"spanwise/doctor/internal/evidence"
	"spanwise/doctor/path"
	"spanwise/doctor/trace"
)

// limitedCalls finds calls of this request that something serves a few at a time. If each call takes a connection, that is a pool; if
// the protocol carries any number of calls over one connection, it is another limit.
func limitedCalls(e *evidence.Exam, multiplexed bool) (found []Suspicion) {
	for _, b := range e.Bursts() {
		if noPool := b.Inside || b.Calls[0].Multiplexed(); noPool == multiplexed {
			found = append(found, newBurst(e, b, multiplexed))
		}
	}
	var loops gathering
	for _, l := range e.Loops() {
		first := l.Calls[0]
		if first.Multiplexed() != multiplexed || first.Span.Kind == trace.Producer {
			continue
		}
		if k, follow := l.Bound(); k >= 2 && len(l.Units) >= max(4, k+1) && follow >= 0.9 {
			loops.add(newBoundedLoop(l, k, follow))
		}
	}
	return append(found, loops.heaviest(e)...)
}

// newBurst is the finding about calls that began together, and were served a few at a time.
func newBurst(e *evidence.Exam, b *evidence.Burst, multiplexed bool) Suspicion {
	c := b.Calls[0]
	var f Suspicion
	for i, c := range b.Calls {
		if wait := b.Waits[i]; wait > 0 {
			f.Spans = append(f.Spans, c.Span)
			waits := c.Span
			if b.Inside {
				waits = c.Server
			}
			f.Low = append(f.Low, path.LessSelfTime(waits, wait/2))
			f.High = append(f.High, path.LessSelfTime(waits, wait))
			f.CriticalPathUS += min(wait, e.Self[waits.Index])
		}
	}
	f.Service, f.Operation, f.Callee, f.Count = c.Caller, evidence.OperationAround(c.Span), c.Callee, len(f.Spans)
	f.Figures.WaitUS, f.Figures.WorkUS = slices.Max(b.Waits), b.Step
	f.Saving.Basis, f.Confidence, f.Evidence = finding.Shared, finding.High, finding.Sufficient
	f.Reason("%d calls to %s began within %s, but ended %s, about %s apart; the last ones waited for up to %s",
		len(b.Calls), c.Callee, b.Begun, atATime(b.Most), b.Step, f.Figures.WaitUS)
	f.Unless = fmt.Sprintf("%s itself serves only %s, or the limit is there to protect it", c.Callee, atATime(b.Most))
	f.Fix = fmt.Sprintf("allow %s more than %s to %s; the queue may move to %s", c.Caller, evidence.Times(b.Most, "connection"), c.Callee, c.Callee)
	switch {
	case b.Inside:
		f.Reason("%s had begun to serve all of them meanwhile", c.Callee)
		f.Unless = fmt.Sprintf("%s is meant to do this %s, or has only that many processors", c.Callee, atATime(b.Most))
		f.Fix = fmt.Sprintf("find out what %s does %s, such as work under a lock, and do less of it there; the queue may move to the next limit",
			c.Callee, atATime(b.Most))
	case multiplexed:
		f.Fix = fmt.Sprintf("raise what limits the calls, which is not a connection: the workers of %s, its limit of concurrent streams, or a limiter in %s",
			c.Callee, c.Caller)
	}
	return f
}

func atATime(n int) string {
	if n == 1 {
		return "one at a time"
	}
	return fmt.Sprintf("%d at a time", n)
}

// newBoundedLoop mentions a loop that runs k turns at a time, each starting when another one ends: by choice, or for lack of connections.
func newBoundedLoop(l *evidence.Loop, k int, follow float64) Suspicion {
	c := l.Calls[0]
	s := Suspicion{Spans: l.Units, Minor: true, subject: c.Template}
	s.Service, s.Operation, s.Callee, s.Count = l.Parent.Service, l.Parent.Name, c.Callee, len(l.Calls)
	s.Saving.Basis, s.Confidence, s.Evidence = finding.Shared, finding.Low, finding.NeedsOtherTraces
	s.High = []path.Change{path.Together(l.Units...)}
	s.Reason("%d × %s run %s; %s of the later ones start right when another one ends",
		len(l.Calls), c.Describe(), atATime(k), evidence.Percent(follow))
	s.Unless = fmt.Sprintf("the limit of %d is there to protect the callee", k)
	s.Fix = "raise the limit, if the callee can take more calls at once"
	return s
}
