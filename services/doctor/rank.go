package doctor

import (
	"cmp"
	"fmt"
	"slices"
)

// weight is what a saving counts in the ranking, by how sure we are of it.
func (c Confidence) weight() float64 {
	switch c {
	case High:
		return 1
	case Medium:
		return 0.7
	}
	return 0.4
}

// middle is the saving that a person should expect.
func (s Saving) middle() int64 { return s.LowUS + (s.HighUS-s.LowUS)/2 }

// assess computes a suspicion's figures: its part of the critical path, and by replay what its fixes save.
func (e *exam) assess(s *suspicion) {
	s.SpanIDs = make([]string, 0, len(s.spans))
	for _, span := range s.spans {
		s.SpanIDs = append(s.SpanIDs, span.ID)
	}
	if s.more > 0 {
		s.Because += fmt.Sprintf("; and %d more like it", s.more)
	}
	if s.CriticalPathUS == 0 && s.Kind.costsTime() {
		s.CriticalPathUS = e.onPath(s.spans)
	}
	s.CriticalPathShare = e.share(s.CriticalPathUS)
	if s.Saving.Basis == None {
		return
	}
	high := e.saves(s.high...)
	low := high
	if len(s.low) != len(s.high) || len(s.low) > 0 && &s.low[0] != &s.high[0] {
		low = e.saves(s.low...)
	}
	s.Saving.LowUS, s.Saving.HighUS = min(low, high), max(low, high)
	queue := s.Saving.Basis == Shared || s.Kind == SlowDependency
	if queue && !s.minor && s.Saving.HighUS >= e.threshold() {
		if next := e.nextLimiter(s); next != "" {
			s.Because += "; the next limit after it is " + next
		}
	}
}

// costsTime tells what slows a request down from what only makes it harder to understand, or happened beside it.
func (k Kind) costsTime() bool {
	return k != ClockSkew && k != BrokenPropagation && k != DetachedWork
}

// verdict orders suspicions by what fixing them is worth, and parts what is worth fixing from what was also seen.
//
// Savings do not add up, so each fix is replayed on top of the better ones: one that then saves little is but another
// view of the same time and moves to the second list.
func (e *exam) verdict(all []suspicion) (findings, also []Finding) {
	for i := range all {
		e.assess(&all[i])
	}
	byWorth(all)
	plan := newTreatment(e)
	var chosen, alone, rest []suspicion
	for _, s := range all {
		useless := s.Saving.Basis != None && s.Saving.HighUS < e.threshold()
		switch {
		case useless && s.Saving.Basis == Structural && !s.minor:
			alone = append(alone, s)
		case useless || s.minor || s.guess() && len(plan.high) > 0:
			rest = append(rest, s)
		case plan.add(s):
			chosen = append(chosen, s)
		default:
			s.Because += fmt.Sprintf("; most of it goes with the %s above", plan.last)
			rest = append(rest, s)
		}
	}
	together, never := plan.jointly(alone)
	chosen, rest = append(chosen, together...), append(rest, never...)
	byWorth(chosen)
	return e.inTurn(chosen, rest)
}

// guess reports a suspicion that stands on nothing but a share: worth a word where nothing better is known.
func (s suspicion) guess() bool { return s.Confidence == Low && s.Evidence == NeedsOtherTraces }

func byWorth(list []suspicion) {
	slices.SortStableFunc(list, func(a, b suspicion) int {
		return cmp.Or(
			last(a.behind)-last(b.behind),
			cmp.Compare(b.worth(), a.worth()),
			cmp.Compare(float64(b.CriticalPathUS)*b.Confidence.weight(), float64(a.CriticalPathUS)*a.Confidence.weight()),
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
func (s suspicion) worth() float64 {
	us := s.Saving.middle()
	if s.Saving.Basis == None {
		us = s.CriticalPathUS / 2
	}
	return float64(us) * s.Confidence.weight()
}

// inTurn applies the chosen fixes one after the other and notes how long the root takes after each. A cap is no promise: what
// may save nothing leaves the root as long as it is.
func (e *exam) inTurn(chosen, rest []suspicion) (findings, also []Finding) {
	findings, also = []Finding{}, []Finding{}
	plan := newTreatment(e)
	for _, s := range chosen {
		if s.Saving.LowUS > 0 {
			plan.take(s)
		}
		s.AfterUS = plan.after()
		findings = append(findings, s.Finding)
	}
	for _, s := range rest {
		s.AfterUS = plan.after()
		also = append(also, s.Finding)
	}
	return findings, also
}
