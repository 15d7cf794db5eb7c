package rule

import (
	"fmt"
	"slices"

	"spanwise/doctor/call"
	"spanwise/doctor/finding"
	"spanwise/doctor/internal/evidence"
	"spanwise/doctor/path"
	"spanwise/doctor/trace"
)

var queueWait = Rule{
	Kind:  "queue-wait",
	Lead:  "{operation} in {service} waits for its turn",
	Title: "Queueing behind other requests for something that serves one at a time: a lock, a row, a single worker; or a message in its queue",
	Doc: `The trace may record it: a span or an event on the critical path mentions waiting for a lock, a database
gives up with the error code of a lock wait, or an attribute states how long a call was queued, locked out or
throttled.

Or the caller tries again and again: the same write on one key, which has no effect while another request holds the
key (SET … NX, SETNX, INSERT … ON CONFLICT DO NOTHING), a function such as pg_try_advisory_lock, or a request that
is answered by 409 or 423 until it succeeds.

Or the load shows it, which takes other traces: the same call or operation in at least four traces overlaps,
whatever its name, and the runs end like a staircase: one after another, at even distances of 0.5 to 1.5 times the
shortest run. That distance is the work of one run; the rest is waiting. This tells a slow query from a fast one in
a queue. Distances are even if their coefficient of variation is below 0.3 or, of six or more, because some steps
are interrupted, if two thirds are within a quarter of the median and none is less than half of it, or if half of
them are within a quarter of the shortest. Runs in fewer than six traces must also start in the order in which they
end, and take longer the later they end. If the shortest run takes less time than the distance, what the runs wait
for is held while other work follows, such as the lock on a row until the end of the transaction; they must then end
in the order in which they started. If it takes hardly any time (a fifth of the distance), the runs only wait. The deepest span that shows it is named, unless the wait of something below it
explains the time.

Work in the background waits, too: a message waits in its queue until a consumer takes it, and work that names its
cause by a link waits for a worker. The time between the end of the one and the start of the other is the lag. The
request does not wait for it, but whoever waits for the result does. It is reported from half a second and a fifth of
the time until the result on, and mentioned from 100 ms on.

Calls of one request over a protocol that needs only one connection (gRPC, HTTP/2) show it, too, if they began
together but ended a few at a time (see pool-wait). So do calls over any protocol if the callee's spans show that
it had begun to serve all of them. A loop that starts such a call whenever another one ends is only
mentioned.

Four or more messages of one request show it, if they were handed over before the workers were free, and each was
taken when another one was done. The request does not wait for them, so that it saves no time.

Saving: the run replayed without its wait; the cautious figure takes half. It is an upper bound: once one queue
is gone, the next limit shows. For the lag of a queue, none is claimed.

What can mislead it: batches that are processed in order on purpose. Requests that were started at even
distances also end at even distances, but they all take equally long. A message may be delayed on purpose, and
clocks may differ.`,
	Find: findQueueWait,
}

func findQueueWait(e *evidence.Exam) []Suspicion {
	var all gathering
	for _, w := range e.Turns().Locks {
		all.add(newLockWait(e, w))
	}
	for _, w := range e.Turns().Stated {
		if w.For != call.Connection {
			all.add(newStatedQueueWait(e, w))
		}
	}
	for _, l := range e.Turns().Spins {
		all.add(newSpin(e, l))
	}
	for _, q := range e.Turns().Queues {
		all.list = append(all.list, newStaircaseWait(e, q))
	}
	all.list = append(all.list, queueLags(e)...)
	for _, j := range e.Turns().Jobs {
		if j.Longest >= max(10*trace.Millisecond, e.Threshold()) {
			all.list = append(all.list, newJobsWait(j))
		}
	}
	return append(all.list, limitedCalls(e, true)...)
}

// newJobsWait is the finding about messages that wait for a worker. The request itself does not wait for them.
func newJobsWait(j *evidence.Jobs) Suspicion {
	last := j.Spans[len(j.Spans)-1]
	f := Suspicion{Spans: j.Spans, CostsNoTime: true}
	f.Service, f.Operation, f.Count = last.Service, last.Name, len(j.Spans)
	f.Saving.Basis, f.Confidence, f.Evidence = finding.None, finding.High, finding.Sufficient
	f.Figures.WaitUS, f.Figures.WorkUS = j.Longest, j.Work
	f.Reason("%d × `%s` in %s run %s, and each begins when another one ends: the last one handed over waits %s for its turn, for %s of work",
		j.Count, last.Name, last.Service, atATime(j.Workers), j.Longest, j.Work)
	f.Unless = "the messages must be processed in their order"
	f.Fix = fmt.Sprintf("let %s process more than %s at once", last.Service, evidence.Times(j.Workers, "message"))
	return f
}

func newLockWait(e *evidence.Exam, w evidence.LockWait) Suspicion {
	s := w.Span
	f := newQueueWait(e, s, w.Wait)
	f.Confidence = finding.High
	for _, other := range w.Alongside {
		f.Low = append(f.Low, path.LessSelfTime(other, other.Duration/2))
		f.High = append(f.High, path.LessSelfTime(other, other.Duration))
	}
	if len(w.Alongside) > 0 {
		freed := e.Freed(append(slices.Clone(w.Alongside), s))
		f.Low, f.High = append(f.Low, freed...), append(f.High, freed...)
	}
	work, doing := s.Duration-w.Wait, "work"
	if next := evidence.NextAfter(s); work == 0 && next != nil {
		work, doing = next.Duration, fmt.Sprintf("the work of `%s`, which it waits for", next.Name)
	}
	f.Figures.WaitUS, f.Figures.WorkUS = w.Wait, work
	f.Reason("`%s` in %s spends %s waiting for a lock (%s)", s.Name, s.Service, w.Wait, w.Why)
	if n := len(w.Alongside); n > 0 {
		f.Reason("%s of this request wait like that at the same time", evidence.Times(n, "other span"))
	}
	switch {
	case work > 0:
		f.Reason("%s is %s", work, doing)
	case !call.Failed(s):
		f.Evidence = finding.NeedsOtherTraces // what it waits for is not recorded
	}
	return f
}

// newSpin is about a lock that a loop of attempts waits for. The cautious fix halves the number of attempts.
func newSpin(e *evidence.Exam, l *evidence.Loop) Suspicion {
	n, first, wait := len(l.Units), l.Calls[0], e.Wasted(l)
	f := Suspicion{Spans: l.Units, subject: first.Template}
	f.Service, f.Operation, f.Callee, f.Count = l.Parent.Service, l.Parent.Name, first.Callee, n
	f.CriticalPathUS, f.Figures.WaitUS = wait, wait
	f.Saving.Basis, f.Confidence, f.Evidence = finding.Shared, finding.High, finding.Sufficient
	f.Low = []path.Change{path.Removed(l.Units[1 : (n+1)/2]...)}
	f.High = e.LastOnly(l)
	if first.Key == "" && first.Store {
		f.Confidence = finding.Medium // the keys may differ
	}
	f.Reason("`%s` in %s tries %s until it succeeds, %d times, with %s between the attempts: another request holds the lock",
		l.Parent.Name, l.Parent.Service, first.Describe(), n, evidence.Median(l.Pauses()))
	f.Unless = "the attempts are writes for different purposes that only look alike"
	f.Fix = "hold the lock for a shorter time, or lock less; a lock that notifies those who wait saves the last pause"
	return f
}

func newStaircaseWait(e *evidence.Exam, q evidence.Queued) Suspicion {
	s, wait, stairs := q.Span, q.Wait, q.Stairs
	f := newQueueWait(e, s, wait)
	f.Low = []path.Change{path.Capped(s, s.Duration-wait/2)}
	f.High = []path.Change{path.Capped(s, s.Duration-wait)}
	f.Confidence = finding.High
	if stairs.Others < 4 {
		f.Confidence = finding.Medium
	}
	f.Figures.WaitUS, f.Figures.WorkUS, f.Figures.OtherRequests = wait, stairs.Step, stairs.Others
	f.Reason("%s took %s, and in %d other requests the same ended one after another, %s apart",
		e.Describe(s), s.Duration, stairs.Others, stairs.Step)
	switch {
	case stairs.Work == stairs.Step:
		f.Reason("that is the work of one; the other %s is waiting for a turn", wait)
		return f
	case stairs.Work > 0:
		f.Reason("each request holds the resource that long, though getting it takes only %s if it is free; the other %s is waiting for a turn",
			stairs.Work, wait)
	default:
		f.Reason("each request holds the resource that long, and this one only waits")
	}
	f.Fix = fmt.Sprintf("hold what %s waits for, such as a lock that lasts until the end of a transaction, for a shorter time; "+
		"the queue may move to the next limit", queuedName(e, s))
	return f
}

func newQueueWait(e *evidence.Exam, s *trace.Span, wait trace.Micros) Suspicion {
	f := Suspicion{Spans: []*trace.Span{s}}
	f.Service, f.Operation, f.Callee, f.Count = s.Service, s.Name, s.Callee(), 1
	if e.CallOf[s.Index] != nil {
		f.Operation = evidence.OperationAround(s)
	}
	f.CriticalPathUS = min(wait, e.Total[s.Index])
	f.Saving.Basis, f.Evidence = finding.Shared, finding.Sufficient
	f.Low = []path.Change{path.LessSelfTime(s, wait/2)}
	f.High = []path.Change{path.LessSelfTime(s, wait)}
	f.Unless = "the requests were started at these intervals, or are meant to run one at a time"
	f.Fix = fmt.Sprintf("do less in %s while holding what the others wait for, or split that up; the queue may move to the next limit",
		queuedName(e, s))
	return f
}

// queuedName is the name of what waits for its turn. Clients of HTTP name their spans by the method only.
func queuedName(e *evidence.Exam, s *trace.Span) string {
	if c := e.CallOf[s.Index]; c != nil && !c.Store {
		return e.Describe(s)
	}
	return "`" + s.Name + "`"
}
