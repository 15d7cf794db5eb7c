package verdict

import (
	"fmt"

	"spanwise/doctor/finding"
	"spanwise/doctor/internal/evidence"
	"spanwise/doctor/internal/rule"
	"spanwise/doctor/trace"
)

// assess computes a suspicion's figures: its part of the critical path and, by replay, what its fixes save.
func assess(e *evidence.Exam, s *rule.Suspicion) {
	s.SpanIDs = make([]string, 0, len(s.Spans))
	for _, span := range s.Spans {
		s.SpanIDs = append(s.SpanIDs, span.ID)
	}
	if s.More > 0 {
		s.Reason("and %d more like it", s.More)
	}
	if s.CriticalPathUS == 0 && !s.CostsNoTime {
		s.CriticalPathUS = e.PathIn(s.Spans)
	}
	s.CriticalPathUS = min(s.CriticalPathUS, e.Root.Duration) // those that were merged may overlap
	s.CriticalPathShare = e.Share(s.CriticalPathUS)
	if s.Saving.Basis == finding.None {
		return
	}
	high := e.Saving(s.High...)
	low := high
	if len(s.Low) != len(s.High) || len(s.Low) > 0 && &s.Low[0] != &s.High[0] {
		low = e.Saving(s.Low...)
	}
	s.Saving.LowUS, s.Saving.HighUS = min(low, high), max(low, high)
	queue := s.Saving.Basis == finding.Shared || s.Kind == "slow-dependency"
	if queue && !s.Minor && s.Saving.HighUS >= e.Threshold() {
		if next := nextBottleneck(e, s); next != "" {
			s.Reason("the next bottleneck after it is %s", next)
		}
	}
}

// nextBottleneck names the place that a fix does not touch and that takes most of the time after it: where a queue moves to,
// and where to look next.
func nextBottleneck(e *evidence.Exam, s *rule.Suspicion) string {
	touched := map[*trace.Span]bool{}
	for _, span := range s.Spans {
		touched[span] = true
		if s.Kind == "pool-wait" && span.Parent != nil {
			touched[span.Parent] = true // the wait is in the parent's self time, before the call
		}
	}
	var next *evidence.Place
	for _, p := range e.Places {
		if !isBelow(p, touched) && (next == nil || p.Total > next.Total) {
			next = p
		}
	}
	if next == nil || e.Share(next.Total) < 0.05 || next.Total > s.CriticalPathUS { // if it takes more, it does not come next
		return ""
	}
	return fmt.Sprintf("%s (%s)", next, next.Total)
}

// isBelow reports whether the place lies in the spans, or right below them.
func isBelow(p *evidence.Place, spans map[*trace.Span]bool) bool {
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
