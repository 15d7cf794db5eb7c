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
		if c.chore || e.total[c.span.Index] > 0 || c.span.Duration < slowVisit || e.share(c.span.Duration) < 0.2 || c.span.Start >= e.root.End() {
			continue
		}
		if e.setGoing(c.span) {
			continue // see detached-work
		}
		s := suspicion{spans: []*trace.Span{c.span}, minor: true}
		s.Service, s.Operation, s.Callee, s.Count = c.caller, operationAround(c.span), c.callee, 1
		s.Saving.Basis, s.Confidence, s.Evidence = Structural, High, Sufficient
		s.Because = fmt.Sprintf("%s takes %s beside the critical path: fixing it alone saves nothing", c.asked(), ms(c.span.Duration))
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
