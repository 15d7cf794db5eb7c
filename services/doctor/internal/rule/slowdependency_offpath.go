package rule

import (
	"spanwise/doctor/finding"
	"spanwise/doctor/internal/evidence"
	"spanwise/doctor/path"
	"spanwise/doctor/trace"
)

// offPath mentions calls that take long and that nobody waits for in the end, as something else takes longer: whoever looks at
// the waterfall would begin with them.
func offPath(e *evidence.Exam) []Suspicion {
	var all gathering
	for _, c := range e.Calls {
		if c.Housekeeping || e.Total[c.Span.Index] > 0 || c.Span.Duration < evidence.SlowVisit || e.Share(c.Span.Duration) < 0.2 || c.Span.Start >= e.Root.End() {
			continue
		}
		if setGoing(e, c.Span) {
			continue // see detached-work
		}
		s := Suspicion{Spans: []*trace.Span{c.Span}, Minor: true}
		s.Service, s.Operation, s.Callee, s.Count = c.Caller, evidence.OperationAround(c.Span), c.Callee, 1
		s.Saving.Basis, s.Confidence, s.Evidence = finding.Structural, finding.High, finding.Sufficient
		s.Reason("%s takes %s beside the critical path: fixing it alone saves nothing", c.Describe(), evidence.Ms(c.Span.Duration))
		s.Unless = "what runs beside it is fixed first"
		s.Fix = "leave it for now"
		all.add(s)
	}
	const most = 3
	return all.list[:min(len(all.list), most)]
}

// setGoing reports whether a span, or one not far above it, was not waited for.
func setGoing(e *evidence.Exam, s *trace.Span) bool {
	const levels = 16
	for i := 0; s.Parent != nil && i < levels; s, i = s.Parent, i+1 {
		if e.Model.Waits(s.Parent, s) == path.Detached {
			return true
		}
	}
	return false
}
