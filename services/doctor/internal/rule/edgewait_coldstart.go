package rule

import (
	"fmt"

	"spanwise/doctor/finding"
	"spanwise/doctor/internal/evidence"
	"spanwise/doctor/path"
)

// newColdStart is about calls that waited until an instance of their callee was started. What remains with a warm instance is not known, so
// the cautious fix only halves the start.
func newColdStart(e *evidence.Exam, gaps []evidence.Gap) Suspicion {
	var s Suspicion
	var longest evidence.Gap
	for _, g := range gaps {
		span := g.Call.Span
		s.Spans = append(s.Spans, span)
		s.Low, s.High = append(s.Low, path.LessSelfTime(span, g.Wait/2)), append(s.High, path.LessSelfTime(span, g.Wait))
		s.CriticalPathUS += min(g.Wait, e.Self[span.Index])
		if g.Wait > longest.Wait {
			longest = g
		}
	}
	c := longest.Call
	s.Lead = "{service} waits until an instance of {callee} is started"
	s.Service, s.Operation, s.Callee, s.Count = c.Caller, evidence.OperationAround(c.Span), c.Callee, len(gaps)
	s.Saving.Basis, s.Confidence, s.Evidence = finding.Structural, finding.High, finding.Sufficient
	s.Figures.WaitUS, s.Figures.WorkUS = longest.Wait, c.Server.Duration
	s.Reason("cold start of %s: of the %s that %s waited, %s passed while an instance was started, and `%s` itself took %s",
		c.Callee, c.Span.Duration, c.Caller, longest.Wait, c.Server.Name, c.Server.Duration)
	if len(gaps) > 1 {
		s.Reason("%s in all", evidence.Times(len(gaps), "cold start"))
	}
	s.Unless = "only the first request to an instance pays for it, and that is rare enough"
	s.Fix = fmt.Sprintf("keep instances of %s warm (such as by provisioned concurrency), or make its initialization shorter: fewer "+
		"dependencies, clients created lazily", c.Callee)
	return s
}
