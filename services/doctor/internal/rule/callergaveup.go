package rule

import (
	"fmt"

	"spanwise/doctor/finding"
	"spanwise/doctor/internal/evidence"
	"spanwise/doctor/path"
	"spanwise/doctor/trace"
)

var callerGaveUp = Rule{
	Kind:  "caller-gave-up",
	Lead:  "{service} gave up waiting[ for {callee}] before the response arrived",
	Title: "The caller gave up, but the callee kept working",
	Doc: `The callee's work ends after its caller's client span, by at least 10 ms and a tenth of the call: the
caller timed out or cancelled, and the callee's work after that was wasted. If the client span failed, that is
certain; if not, the callee may have continued after its answer on purpose, which is only mentioned. If the client
span failed without a response, the callee's work includes what outlives the callee's own span, because some servers
end that when the client disconnects.

Saving: none for this request, which did not wait. Propagating the deadline frees the callee for others. If the
call failed, its time is what the timeout cost.

What can mislead it: clocks that disagree, which are corrected as far as the trace proves it, and work that a
server rightly does after its answer.`,
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
		s.High = []path.Change{path.Capped(c.Span, 0)} // only to see what it explains
		s.Reason("%s stopped waiting for %s after %s, but %s worked for another %s",
			c.Caller, c.Describe(), c.Span.Duration, c.Callee, over)
		s.Figures.WaitUS, s.Figures.OverrunUS, s.Figures.LimitUS = c.Span.Duration, over, evidence.RoundTime(c.Span.Duration)
		if limit := s.Figures.LimitUS; limit > 0 {
			s.Reason("the timeout seems to be %s", limit)
		}
		if e.RunsOn(c) {
			s.Reason("the span of `%s` ended when its client disconnected, but what it had started ran on", c.Server.Name)
		}
		s.Unless = "the callee answered in time and continued with other work on purpose"
		s.Fix = fmt.Sprintf("propagate the deadline so that %s stops when its caller gives up, or raise the timeout", c.Callee)
		all.add(s)
	}
	return all.heaviest(e)
}
