package verdict

import (
	"slices"

	"spanwise/doctor/finding"
	"spanwise/doctor/internal/evidence"
	"spanwise/doctor/internal/rule"
	"spanwise/doctor/trace"
)

// turn orders suspicions by when they are judged: one that yields to others after those, and a guess when all that is known is known.
// What is less likely the cause than another is judged last, even if that is a guess.
func turn(s *rule.Suspicion) int {
	switch {
	case s.Behind:
		return 3
	case s.Confidence == finding.Low:
		return 2
	case len(s.YieldsTo) > 0:
		return 1
	}
	return 0
}

// minor reports a suspicion that is worth no more than a mention. What it saves decides, not what it looks like: a rule may call a
// pattern harmless, but not if fixing it surely saves a fifth of the request.
func minor(e *evidence.Exam, s *rule.Suspicion) bool {
	sure := s.Confidence == finding.High && s.Evidence == finding.Sufficient
	return s.Minor && !(sure && s.Saving.LowUS*5 >= e.Root.Duration)
}

// takesPrecedence returns the finding to which s yields, or nil: it is of one of the kinds that s names, and about a span of s or one
// above or below it.
func takesPrecedence(chosen []*rule.Suspicion, s *rule.Suspicion) *rule.Suspicion {
	for _, c := range chosen {
		if slices.Contains(s.YieldsTo, c.Kind) && (within(c.Spans, s.Spans) || within(s.Spans, c.Spans)) {
			return c
		}
	}
	return nil
}

// within reports whether one of the first inner spans is one of the outer spans, or lies below one. Those that were merged into a
// suspicion are like its first, so a few show it.
func within(inner, outer []*trace.Span) bool {
	const most = 16
	in := make(map[*trace.Span]bool, len(outer))
	for _, s := range outer {
		in[s] = true
	}
	for _, s := range inner[:min(len(inner), most)] {
		for ; s != nil; s = s.Parent {
			if in[s] {
				return true
			}
		}
	}
	return false
}

// class orders suspicions before their worth does. What made the request fail comes first; a fast failure is one, too. A guess does not
// come before what is known, however much it might save.
func class(s *rule.Suspicion) int {
	switch {
	case s.Fatal:
		return 0
	case s.Behind:
		return 3
	case s.Confidence == finding.Low:
		return 2
	}
	return 1
}

// doubtBehind lowers the confidence in what is less likely the cause than a guess: it cannot be surer than that.
func doubtBehind(chosen []*rule.Suspicion) {
	for i, s := range chosen {
		if s.Behind && i > 0 && chosen[i-1].Confidence == finding.Low {
			s.Confidence = finding.Low
			s.Reason("the %s above is the likelier cause", chosen[i-1].Kind)
		}
	}
}
