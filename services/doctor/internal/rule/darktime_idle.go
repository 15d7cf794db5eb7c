package rule

import (
	"cmp"
	"fmt"
	"slices"

	"spanwise/doctor/finding"
	"spanwise/doctor/internal/evidence"
	"spanwise/doctor/trace"
)

// idles mentions how long a worker waited for work, or a stream lasted.
func idles(e *evidence.Exam) []Suspicion {
	var all gathering
	for _, span := range e.OnPath {
		if own := e.Self[span.Index]; e.Idling[span] != "" && own >= evidence.SlowVisit && e.Share(own) >= evidence.SlowShare {
			all.add(newIdle(e, span, own))
		}
	}
	return all.list
}

func newIdle(e *evidence.Exam, span *trace.Span, own trace.Micros) Suspicion {
	s := Suspicion{Spans: []*trace.Span{span}, Minor: true}
	s.Service, s.Operation, s.Callee, s.Count = span.Service, span.Name, span.Callee(), 1
	s.Saving.Basis, s.Confidence, s.Evidence = finding.None, finding.High, finding.Sufficient
	if e.Streams(span) {
		s.Reason("`%s` in %s is %s, open for %s: it is long by design, not slow", span.Name, span.Service, e.Idling[span], span.Duration)
		s.Unless = "something waits for its end"
		s.Fix = "nothing to do; only what happens in it is judged"
		return s
	}
	s.Reason("%s waits %s in `%s` for work: it is idle, not slow", span.Service, own, span.Name)
	s.Unless = "something waits for this worker"
	s.Fix = "nothing to do; idle time is excluded from the other findings"
	return s
}

// polls reports the pauses of polling: they are neither dark nor the fault of a call.
func polls(e *evidence.Exam) []Suspicion {
	var all gathering
	for _, l := range e.Loops() {
		idle := evidence.Sum(l.Idle())
		if !l.AsksAgain() || idle < evidence.SlowVisit || e.Share(idle) < evidence.SlowShare {
			continue
		}
		s := Suspicion{Spans: l.Units, Minor: e.Share(idle) < largeShare, subject: l.Calls[0].Template}
		s.Service, s.Operation, s.Callee, s.Count = l.Parent.Service, l.Parent.Name, cmp.Or(l.Calls[0].Callee, l.Calls[0].Name()), len(l.Units)
		s.CriticalPathUS = idle
		s.Saving.Basis, s.Confidence, s.Evidence = finding.None, finding.High, finding.Sufficient
		s.Figures.IntervalUS = evidence.Median(l.Idle()) + evidence.Median(evidence.Durations(l.Work()))
		s.Figures.Names = []string{l.Calls[0].Name()}
		every := "every " + s.Figures.IntervalUS.String()
		if least, most := slices.Min(l.Idle()), slices.Max(l.Idle()); evidence.Growing(l.Idle()) && most >= 2*least {
			every = fmt.Sprintf("with pauses of %s to %s", least, most)
			s.Lead = "{service} waits for {callee}, which it polls {n} times, less and less often"
		}
		s.Reason("`%s` in %s polls %s %d times, %s: %s of the request passes in between",
			l.Parent.Name, l.Parent.Service, l.Calls[0].Describe(), len(l.Calls), every, evidence.Percent(e.Share(idle)))
		s.Unless = "each call asks for something else"
		s.Fix = "find out what it waits for; use a callback or a long poll instead of polling"
		all.add(s)
	}
	return all.list
}
