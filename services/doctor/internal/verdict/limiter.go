package verdict

import (
	"fmt"

	"spanwise/doctor/finding"
	"spanwise/doctor/internal/evidence"
	"spanwise/doctor/internal/rule"
	"spanwise/doctor/trace"
)

// nextLimiter names the place that a fix leaves alone and that then takes most of the time. It is where a queue moves to, and
// where to look next.
func nextLimiter(e *evidence.Exam, s *rule.Suspicion) string {
	touched := map[*trace.Span]bool{}
	for _, span := range s.Spans {
		touched[span] = true
		if s.Kind == finding.PoolWait && span.Parent != nil {
			touched[span.Parent] = true // the wait is in its own time, before the call
		}
	}
	var next *evidence.Place
	for _, p := range e.Places {
		if !below(p, touched) && (next == nil || p.Total > next.Total) {
			next = p
		}
	}
	if next == nil || e.Share(next.Total) < 0.05 || next.Total > s.CriticalPathUS { // more than this is no matter of what comes next
		return ""
	}
	return fmt.Sprintf("%s (%s)", next, evidence.Ms(next.Total))
}

// below reports whether the place lies in spans, or right below them.
func below(p *evidence.Place, spans map[*trace.Span]bool) bool {
	const deep = 4
	for _, s := range p.Spans {
		for i := 0; s != nil && i < deep; i++ {
			if spans[s] {
				return true
			}
			s = s.Parent
		}
	}
	return false
}
