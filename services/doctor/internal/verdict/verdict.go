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
)

// Options are what the caller wants.
type Options struct {
	Ignore func(finding.Finding) string // returns why a finding is not worth reporting, or nothing; nil ignores none
}

// Rank orders suspicions by what fixing them is worth, and separates what is worth fixing from what was also seen.
//
// Savings do not add up, so each fix is replayed on top of the better ones. One that then saves little is another view of the
// same time, and moves to the second list. So does a finding that is to be ignored, and still keeps other views of its time out.
func Rank(e *evidence.Exam, all []*rule.Suspicion, o Options) (findings, also []finding.Finding) {
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
		case p.last == "":
			s.Reason("without it, what runs in parallel takes nearly as long")
			rest = append(rest, s)
		default:
			s.Reason("most of this time disappears once the %s above is fixed", p.last)
			rest = append(rest, s)
		}
	}
	together, never := p.together(alone)
	if len(together) > 0 {
		withOthers(e, slices.Concat(chosen, together))
	}
	chosen, rest = append(chosen, together...), append(rest, never...)
	byWorth(chosen)
	doubtBehind(chosen)
	byWorth(rest)
	if o.Ignore != nil {
		chosen, rest = ignore(chosen, rest, o.Ignore)
	}
	return conclude(e, chosen, rest)
}

// ignore moves what is to be ignored to the front of the second list.
func ignore(chosen, rest []*rule.Suspicion, reason func(finding.Finding) string) (kept, others []*rule.Suspicion) {
	for _, s := range slices.Concat(chosen, rest) {
		if s.Ignored = reason(s.Finding); s.Ignored != "" {
			s.Reason("ignored: %s", s.Ignored)
		}
	}
	for _, s := range chosen {
		if s.Ignored != "" {
			others = append(others, s)
		} else {
			kept = append(kept, s)
		}
	}
	return kept, append(others, rest...)
}

// conclude applies the chosen fixes one after the other and records the root's duration after each. An upper bound is not a
// promise: a fix that may save nothing leaves the duration as it is.
func conclude(e *evidence.Exam, chosen, rest []*rule.Suspicion) (findings, also []finding.Finding) {
	p := newPlan(e)
	list := func(suspicions []*rule.Suspicion, apply bool) []finding.Finding {
		list := make([]finding.Finding, len(suspicions))
		for i, s := range suspicions {
			if apply && len(s.Low) > 0 {
				p.applyPromised(s)
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

// worth is the expected saving, weighted by confidence. If no saving is claimed, half of the time it is about, on the path or after the
// request, stands in for it.
func worth(s *rule.Suspicion) float64 {
	us := s.Saving.LowUS + (s.Saving.HighUS-s.Saving.LowUS)/2
	if s.Saving.Basis == finding.None {
		us = max(s.CriticalPathUS, s.LaterUS) / 2
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
