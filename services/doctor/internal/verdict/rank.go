package verdict

import (
	"cmp"
	"slices"
	"strings"

	"spanwise/doctor/finding"
	"spanwise/doctor/internal/evidence"
	"spanwise/doctor/internal/rule"
)

// weight is what a saving counts in the ranking, by how sure we are of it.
func weight(c finding.Confidence) float64 {
	switch c {
	case finding.High:
		return 1
	case finding.Medium:
		return 0.7
	}
	return 0.4
}

// middle is the saving that a person should expect.
func middle(s finding.Saving) int64 { return s.LowUS + (s.HighUS-s.LowUS)/2 }

// assess computes a suspicion's figures: its part of the critical path, and by replay what its fixes save.
func assess(e *evidence.Exam, s *rule.Suspicion) {
	s.SpanIDs = make([]string, 0, len(s.Spans))
	for _, span := range s.Spans {
		s.SpanIDs = append(s.SpanIDs, span.ID)
	}
	if s.More > 0 {
		s.Reason("and %d more like it", s.More)
	}
	if s.CriticalPathUS == 0 && costsTime(s.Kind) {
		s.CriticalPathUS = e.PathIn(s.Spans)
	}
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
	queue := s.Saving.Basis == finding.Shared || s.Kind == finding.SlowDependency
	if queue && !s.Minor && s.Saving.HighUS >= e.Threshold() {
		if next := nextLimiter(e, s); next != "" {
			s.Reason("the next limit after it is %s", next)
		}
	}
}

// costsTime tells what slows a request down from what only makes it harder to understand, or happened beside it.
func costsTime(k finding.Kind) bool {
	return k != finding.ClockSkew && k != finding.BrokenPropagation && k != finding.DetachedWork
}

// Rank orders suspicions by what fixing them is worth, and parts what is worth fixing from what was also seen.
//
// Savings do not add up, so each fix is replayed on top of the better ones: one that then saves little is but another
// view of the same time and moves to the second list.
func Rank(e *evidence.Exam, all []rule.Suspicion) (findings, also []finding.Finding) {
	for i := range all {
		assess(e, &all[i])
	}
	byWorth(all)
	plan := newTreatment(e)
	var chosen, alone, rest []rule.Suspicion
	for _, s := range all {
		useless := s.Saving.Basis != finding.None && s.Saving.HighUS < e.Threshold()
		switch {
		case useless && s.Saving.Basis == finding.Structural && !s.Minor:
			alone = append(alone, s)
		case useless || s.Minor || isGuess(s) && len(plan.high) > 0:
			rest = append(rest, s)
		case plan.add(s):
			chosen = append(chosen, s)
		default:
			s.Reason("most of it goes with the %s above", plan.last)
			rest = append(rest, s)
		}
	}
	together, never := plan.jointly(alone)
	chosen, rest = append(chosen, together...), append(rest, never...)
	byWorth(chosen)
	return inTurn(e, chosen, rest)
}

// isGuess reports a suspicion that stands on nothing but a share: worth a word where nothing better is known.
func isGuess(s rule.Suspicion) bool {
	return s.Confidence == finding.Low && s.Evidence == finding.NeedsOtherTraces
}

func byWorth(list []rule.Suspicion) {
	slices.SortStableFunc(list, func(a, b rule.Suspicion) int {
		return cmp.Or(
			last(a.Behind)-last(b.Behind),
			cmp.Compare(worth(b), worth(a)),
			cmp.Compare(float64(b.CriticalPathUS)*weight(b.Confidence), float64(a.CriticalPathUS)*weight(a.Confidence)),
		)
	})
}

// last orders what is behind after what is not.
func last(behind bool) int {
	if behind {
		return 1
	}
	return 0
}

// worth is a suspicion's rank: the saving to expect, times how sure we are. Where no saving can be claimed, half of
// the time it is about stands in for it.
func worth(s rule.Suspicion) float64 {
	us := middle(s.Saving)
	if s.Saving.Basis == finding.None {
		us = s.CriticalPathUS / 2
	}
	return float64(us) * weight(s.Confidence)
}

// inTurn applies the chosen fixes one after the other and notes how long the root takes after each. A cap is no promise: what
// may save nothing leaves the root as long as it is.
func inTurn(e *evidence.Exam, chosen, rest []rule.Suspicion) (findings, also []finding.Finding) {
	plan := newTreatment(e)
	list := func(suspicions []rule.Suspicion, apply bool) []finding.Finding {
		list := make([]finding.Finding, len(suspicions))
		for i, s := range suspicions {
			if apply && s.Saving.LowUS > 0 {
				plan.take(s)
			}
			s.AfterUS = plan.after()
			s.Because = strings.Join(s.Reasons, "; ")
			list[i] = s.Finding
		}
		return list
	}
	return list(chosen, true), list(rest, false)
}
