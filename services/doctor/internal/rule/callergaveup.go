package rule

import (
	"fmt"

	"spanwise/doctor/finding"
	"spanwise/doctor/internal/evidence"
	"spanwise/doctor/path"
	"spanwise/doctor/trace"
)

var callerGaveUp = Rule{
	Kind:  finding.CallerGaveUp,
	Title: "The caller stopped waiting, the callee works on for nobody",
	Doc: `The callee's span ends after its caller's client span did, by at least 10 ms and a tenth of the
call: the caller timed out or cancelled, and what the callee did afterwards was for nothing. If the client span
says that it failed, that is certain; if not, the callee may have gone on after its answer on purpose, which is
only mentioned.

Saving: none for this request, which did not wait. Handing the deadline down frees the callee for others. If the
call failed, its time is what the timeout cost.

What can mislead it: clocks that disagree, which are corrected as far as the trace proves it, and work that a server
rightly does after its answer.`,
	Find: findCallerGaveUp,
}

func findCallerGaveUp(e *evidence.Exam) []Suspicion {
	var all gathering
	for _, c := range e.Calls {
		over := e.Overrun(c)
		if over < evidence.FarBeyond(c.Span) {
			continue
		}
		s := Suspicion{Spans: []*trace.Span{c.Span}, Minor: !c.Failed}
		s.Service, s.Operation, s.Callee, s.Count = c.Caller, evidence.OperationAround(c.Span), c.Callee, 1
		s.Saving.Basis, s.Confidence, s.Evidence = finding.None, finding.Medium, finding.Sufficient
		if c.Failed {
			s.Confidence = finding.High
		}
		s.High = []path.Change{path.Lasting(c.Span, 0)} // what it explains
		s.Reason("%s stopped waiting for %s after %s; %s worked on for another %s",
			c.Caller, c.Describe(), evidence.Ms(c.Span.Duration), c.Callee, evidence.Ms(over))
		s.Figures.WaitUS, s.Figures.OverrunUS, s.Figures.LimitUS = c.Span.Duration, over, evidence.RoundTime(c.Span.Duration)
		if limit := s.Figures.LimitUS; limit > 0 {
			s.Reason("the timeout seems to be %s", evidence.Ms(limit))
		}
		s.Unless = "the callee answered in time and went on with something else on purpose"
		s.Fix = fmt.Sprintf("hand the deadline down so that %s stops when nobody waits; or allow it the time it needs", c.Callee)
		all.add(s)
	}
	return all.heaviest(e)
}
