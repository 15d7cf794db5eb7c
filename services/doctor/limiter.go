package doctor

import (
	"fmt"

	"spanwise/doctor/trace"
)

// nextLimiter names the place that a fix leaves alone and that then takes most of the time. It is where a queue moves to, and
// where to look next.
func (e *exam) nextLimiter(s *suspicion) string {
	touched := map[*trace.Span]bool{}
	for _, span := range s.spans {
		touched[span] = true
		if s.Kind == PoolWait && span.Parent != nil {
			touched[span.Parent] = true // the wait is in its own time, before the call
		}
	}
	var next *place
	for _, p := range e.places {
		if !p.below(touched) && (next == nil || p.us > next.us) {
			next = p
		}
	}
	if next == nil || e.share(next.us) < 0.05 || next.us > s.CriticalPathUS { // more than this is no matter of what comes next
		return ""
	}
	return fmt.Sprintf("%s (%s)", next, ms(next.us))
}

// below reports whether the place lies in spans, or right below them.
func (p *place) below(spans map[*trace.Span]bool) bool {
	const deep = 4
	for _, s := range p.spans {
		for i := 0; s != nil && i < deep; i++ {
			if spans[s] {
				return true
			}
			s = s.Parent
		}
	}
	return false
}

// String names the place for a reader.
func (p *place) String() string {
	if p.isEdge() {
		return p.caller + " → " + p.service
	}
	return "`" + p.operation + "` in " + p.service
}
