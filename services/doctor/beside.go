package doctor

import (
	"fmt"

	"spanwise/doctor/path"
	"spanwise/doctor/trace"
)

// offPath mentions calls that take long and that nobody waits for in the end, as something else takes longer: whoever looks at
// the waterfall would begin with them.
func (e *exam) offPath() []suspicion {
	var all gathering
	for _, c := range e.calls {
		if c.Housekeeping || e.total[c.Span.Index] > 0 || c.Span.Duration < slowVisit || e.share(c.Span.Duration) < 0.2 || c.Span.Start >= e.root.End() {
			continue
		}
		if e.setGoing(c.Span) {
			continue // see detached-work
		}
		s := suspicion{spans: []*trace.Span{c.Span}, minor: true}
		s.Service, s.Operation, s.Callee, s.Count = c.Caller, operationAround(c.Span), c.Callee, 1
		s.Saving.Basis, s.Confidence, s.Evidence = Structural, High, Sufficient
		s.Because = fmt.Sprintf("%s takes %s beside the critical path: fixing it alone saves nothing", c.Describe(), ms(c.Span.Duration))
		s.Unless = "what runs beside it is fixed first"
		s.Fix = "leave it for now"
		all.add(s)
	}
	const most = 3
	return all.list[:min(len(all.list), most)]
}

// setGoing reports whether a span, or one not far above it, was not waited for.
func (e *exam) setGoing(s *trace.Span) bool {
	const levels = 16
	for i := 0; s.Parent != nil && i < levels; s, i = s.Parent, i+1 {
		if e.model.Waits(s.Parent, s) == path.Detached {
			return true
		}
	}
	return false
}
