package doctor

import (
	"cmp"
	"fmt"
	"slices"

	"spanwise/doctor/path"
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
	for _, span := range s.spans {
		s.SpanIDs = append(s.SpanIDs, span.ID)
	}
	if s.CriticalPathUS == 0 {
		s.CriticalPathUS = e.onPath(s.spans)
	}
	s.CriticalPathShare = e.share(s.CriticalPathUS)
	if s.Saving.Basis == None {
		return
	}
	low, high := e.saves(s.low...), e.saves(s.high...)
	s.Saving.LowUS, s.Saving.HighUS = min(low, high), max(low, high)
}

// verdict orders suspicions by what fixing them is worth, and parts what is worth fixing from what was also seen.
//
// Savings do not add up, so each fix is replayed on top of the better ones: one that then saves little is but another
// view of the same time and moves to the second list.
func (e *exam) verdict(all []suspicion) (findings, also []Finding) {
	for i := range all {
		e.assess(&all[i])
	}
	slices.SortStableFunc(all, func(a, b suspicion) int {
		return cmp.Or(
			cmp.Compare(b.worth(), a.worth()),
			cmp.Compare(float64(b.CriticalPathUS)*b.Confidence.weight(), float64(a.CriticalPathUS)*a.Confidence.weight()),
		)
	})
	findings, also = []Finding{}, []Finding{}
	plan := treatment{exam: e, lowUS: e.root.Duration, highUS: e.root.Duration}
	for _, s := range all {
		switch {
		case s.minor || s.Saving.Basis != None && s.Saving.HighUS < e.threshold():
			s.AfterUS = plan.after()
			also = append(also, s.Finding)
		case s.Saving.Basis == None || plan.add(&s):
			s.AfterUS = plan.after()
			findings = append(findings, s.Finding)
		default:
			s.AfterUS = plan.after()
			s.Because += fmt.Sprintf("; most of it goes with the %s above", plan.last)
			also = append(also, s.Finding)
		}
	}
	return findings, also
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

// A treatment is the fixes so far, and how long the root takes with them.
type treatment struct {
	exam          *exam
	low, high     []path.Change
	lowUS, highUS int64
	last          Kind
}

// add takes a fix into the treatment if it saves enough on top of the others: a quarter of what it saves alone.
func (t *treatment) add(s *suspicion) bool {
	high := append(slices.Clip(t.high), s.high...)
	us := t.exam.root.Duration - t.exam.saves(high...)
	if gain := t.highUS - us; gain < t.exam.threshold() || gain < s.Saving.HighUS/4 {
		return false
	}
	t.high, t.highUS = high, us
	t.low = append(t.low, s.low...)
	t.lowUS = t.exam.root.Duration - t.exam.saves(t.low...)
	t.last = s.Kind
	return true
}

// after is how long the root takes with all fixes so far, in the middle of the range.
func (t *treatment) after() int64 { return t.highUS + (t.lowUS-t.highUS)/2 }
