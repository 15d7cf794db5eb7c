// Package verdict turns what the rules suspect into findings: it assesses each suspicion by replaying its fix, ranks them, and
// keeps those that still save time once the better ones are fixed. Call [Rank].
package verdict

import (
	"cmp"
	"slices"
	"strings"

	"spanwise/doctor/finding"
	"spanwise/doctor/internal/evidence"
	"spanwise/doctor/internal/rule"
	"spanwise/doctor/trace"
)

// Rank orders suspicions by what fixing them is worth, and separates what is worth fixing from what was also seen.
//
// Savings do not add up, so each fix is replayed on top of the better ones. One that then saves little is another view of the
// same time, and moves to the second list.
func Rank(e *evidence.Exam, all []*rule.Suspicion) (findings, also []finding.Finding) {
	for _, s := range all {
		assess(e, s)
	}
	byWorth(all)
	slices.SortStableFunc(all, func(a, b *rule.Suspicion) int { return cmp.Compare(turn(a), turn(b)) })
	p := newPlan(e)
	var chosen, alone, rest []*rule.Suspicion
	for _, s := range all {
		useless := s.Saving.Basis != finding.None && s.Saving.HighUS < e.Threshold()
		switch better := takesPrecedence(chosen, s); {
		case useless && s.Saving.Basis == finding.Structural && !s.Minor:
			alone = append(alone, s)
		case useless || minor(e, s) || isGuess(s) && len(p.high) > 0:
			rest = append(rest, s)
		case better != nil:
			s.Reason("the %s above is about the same time", better.Kind)
			rest = append(rest, s)
		case p.add(s):
			chosen = append(chosen, s)
		default:
			s.Reason("most of this time disappears once the %s above is fixed", p.last)
			rest = append(rest, s)
		}
	}
	together, never := p.together(alone)
	chosen, rest = append(chosen, together...), append(rest, never...)
	byWorth(chosen)
	byWorth(rest)
	return conclude(e, chosen, rest)
}

// turn orders suspicions by when they are judged: one that yields to others after those, and a guess when all that is known is known.
func turn(s *rule.Suspicion) int {
	switch {
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

// conclude applies the chosen fixes one after the other and records the root's duration after each. An upper bound is not a
// promise: a fix that may save nothing leaves the duration as it is.
func conclude(e *evidence.Exam, chosen, rest []*rule.Suspicion) (findings, also []finding.Finding) {
	p := newPlan(e)
	list := func(suspicions []*rule.Suspicion, apply bool) []finding.Finding {
		list := make([]finding.Finding, len(suspicions))
		for i, s := range suspicions {
			if apply && s.Saving.LowUS > 0 {
				p.apply(s)
			}
			s.AfterUS = p.after()
			s.Because = strings.Join(s.Reasons, "; ")
			list[i] = s.Finding
		}
		return list
	}
	return list(chosen, true), list(rest, false)
}

func byWorth(list []*rule.Suspicion) {
	slices.SortStableFunc(list, func(a, b *rule.Suspicion) int {
		return cmp.Or(
			cmp.Compare(class(a), class(b)),
			cmp.Compare(worth(b), worth(a)),
			cmp.Compare(float64(b.CriticalPathUS)*weight(b.Confidence), float64(a.CriticalPathUS)*weight(a.Confidence)),
		)
	})
}

// class orders suspicions before their worth does. What made the request fail comes first; a fast failure is one, too. A guess never
// comes before what is known, however much it might save.
func class(s *rule.Suspicion) int {
	switch {
	case s.Fatal:
		return 0
	case s.Confidence == finding.Low:
		return 3
	case s.Behind:
		return 2
	}
	return 1
}

// worth is the expected saving, weighted by confidence. If no saving is claimed, half of the time it is about stands in for it.
func worth(s *rule.Suspicion) float64 {
	us := s.Saving.LowUS + (s.Saving.HighUS-s.Saving.LowUS)/2
	if s.Saving.Basis == finding.None {
		us = s.CriticalPathUS / 2
	}
	return float64(us) * weight(s.Confidence)
}

// weight is how much a saving counts in the ranking, by confidence.
func weight(c finding.Confidence) float64 {
	switch c {
	case finding.High:
		return 1
	case finding.Medium:
		return 0.7
	}
	return 0.4
}

// isGuess reports a suspicion that rests on nothing but its share of the time: it is worth a mention if nothing better is known.
func isGuess(s *rule.Suspicion) bool {
	return s.Confidence == finding.Low && s.Evidence == finding.NeedsOtherTraces
}
