package rule

import (
	"fmt"

	"spanwise/doctor/call"
	"spanwise/doctor/finding"
	"spanwise/doctor/internal/evidence"
	"spanwise/doctor/path"
	"spanwise/doctor/trace"
)

var queueWait = Rule{
	Kind:  finding.QueueWait,
	Title: "Queueing behind others for something that serves one at a time: a lock, a row, a single worker",
	Doc: `Two kinds of proof. The trace says so: a span or an event on the critical path speaks of waiting for a lock,
or a database gives up with the code of a lock that it could not have. Or the load says so, for which other
traces are needed: the same call or operation of at least four traces overlaps, whatever its name, and it
ends like a staircase, one after the other at even distances (coefficient of variation below 0.3) of 0.5 to
1.5 times the shortest run. That distance is the work; what a run lasts beyond it is waiting. So a slow
query can be told from a quick one in a queue. Fewer than six must also begin in the order in which they
end, and last the longer the later. Where the shortest run takes hardly any time (a fifth of the distance),
the runs are nothing but waiting, for the work that follows them; five traces must then end in the order in
which they began. The deepest span that shows it is named, and none whose wait something below it explains.

Saving: the run replayed without its wait; the cautious figure takes half. An upper bound: when one queue goes,
the next limit shows.

What can mislead it: batches that are worked off in order on purpose. Requests that were started at even intervals end
so, too; but they last alike.`,
	Find: findQueueWait,
}

func findQueueWait(e *evidence.Exam) []Suspicion {
	var all gathering
	for _, w := range e.Turns().Locks {
		all.add(lockSuspicion(e, w))
	}
	for _, q := range e.Turns().Queues {
		all.list = append(all.list, stairsSuspicion(e, q))
	}
	return all.list
}

func lockSuspicion(e *evidence.Exam, w evidence.LockWait) Suspicion {
	s := w.Span
	f := queueWaitAt(e, s, w.Wait)
	f.Confidence = finding.High
	work, doing := s.Duration-w.Wait, "work"
	if next := evidence.NextAfter(s); work == 0 && next != nil {
		work, doing = next.Duration, fmt.Sprintf("the work of `%s` that it waits for", next.Name)
	}
	f.Figures.WaitUS, f.Figures.WorkUS = w.Wait, work
	f.Reason("%s: %s of `%s` in %s is waiting", w.Why, evidence.Ms(w.Wait), s.Name, s.Service)
	switch {
	case work > 0:
		f.Reason("%s is %s", evidence.Ms(work), doing)
	case !call.Failed(s):
		f.Evidence = finding.NeedsOtherTraces // what it waits for is not recorded
	}
	return f
}

func stairsSuspicion(e *evidence.Exam, q evidence.Queued) Suspicion {
	s, wait, stairs := q.Span, q.Wait, q.Stairs
	f := queueWaitAt(e, s, wait)
	f.Low = []path.Change{path.Lasting(s, s.Duration-wait/2)}
	f.High = []path.Change{path.Lasting(s, s.Duration-wait)}
	f.Confidence = finding.High
	if stairs.Others < 4 {
		f.Confidence = finding.Medium
	}
	f.Figures.WaitUS, f.Figures.WorkUS, f.Figures.OtherRequests = wait, stairs.Step, stairs.Others
	f.Reason("%s took %s; the same in %d other requests ended one after another, %s apart",
		e.Describe(s), evidence.Ms(s.Duration), stairs.Others, evidence.Ms(stairs.Step))
	if stairs.Work > 0 {
		f.Reason("that is the work, the other %s waiting for a turn", evidence.Ms(wait))
	} else {
		f.Reason("each request holds the resource that long, and this one only waits")
	}
	return f
}

func queueWaitAt(e *evidence.Exam, s *trace.Span, wait int64) Suspicion {
	f := Suspicion{Spans: []*trace.Span{s}}
	f.Service, f.Operation, f.Count = s.Service, s.Name, 1
	f.Callee = s.Callee()
	f.CriticalPathUS = min(wait, e.Total[s.Index])
	f.Saving.Basis, f.Evidence = finding.Shared, finding.Sufficient
	f.Low = []path.Change{path.Shorter(s, wait/2)}
	f.High = []path.Change{path.Shorter(s, wait)}
	f.Unless = "the requests were started at these intervals, or one at a time is the purpose"
	f.Fix = fmt.Sprintf("do less while holding what the others wait for in `%s`, or split it; the queue may move to the next limit", s.Name)
	return f
}
