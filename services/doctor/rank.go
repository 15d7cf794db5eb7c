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
	s.SpanIDs = make([]string, 0, len(s.spans))
	for _, span := range s.spans {
		s.SpanIDs = append(s.SpanIDs, span.ID)
	}
	if s.more > 0 {
		s.Because += fmt.Sprintf("; and %s like it", times(s.more, "more"))
	}
	if s.CriticalPathUS == 0 {
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
	var useless []suspicion // alone, that is
	for _, s := range all {
		switch {
		case !s.minor && s.Saving.Basis == Structural && s.Saving.HighUS < e.threshold():
			useless = append(useless, s)
			continue
		case s.minor || s.Saving.Basis == Shared && s.Saving.HighUS < e.threshold():
			also = append(also, s.Finding)
		case s.Saving.Basis == None || plan.add(&s):
			s.AfterUS = plan.after()
			findings = append(findings, s.Finding)
		default:
			s.Because += fmt.Sprintf("; most of it goes with the %s above", plan.last)
			also = append(also, s.Finding)
		}
	}
	jointly, rest := plan.addTogether(useless)
	findings, also = append(findings, jointly...), append(also, rest...)
	for i := range also {
		also[i].AfterUS = plan.after()
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
	t.take(s)
	return true
}

func (t *treatment) take(s *suspicion) {
	t.high = append(t.high, s.high...)
	t.low = append(t.low, s.low...)
	t.highUS = t.exam.root.Duration - t.exam.saves(t.high...)
	t.lowUS = t.exam.root.Duration - t.exam.saves(t.low...)
	t.last = s.Kind
}

// addTogether takes fixes that save nothing alone, because something else takes as long at the same time, but do on top of
// the others or of each other.
func (t *treatment) addTogether(useless []suspicion) (findings, rest []Finding) {
	const most = 16
	kept := useless[:min(len(useless), most)]
	for len(kept) > 0 {
		together := t.high
		for _, s := range kept {
			together = append(slices.Clip(together), s.high...)
		}
		best := t.exam.root.Duration - t.exam.saves(together...)
		needed := slices.DeleteFunc(slices.Clone(kept), func(s suspicion) bool {
			without := t.high
			for _, o := range kept {
				if &o.spans[0] != &s.spans[0] {
					without = append(slices.Clip(without), o.high...)
				}
			}
			return t.exam.root.Duration-t.exam.saves(without...)-best < t.exam.threshold()
		})
		if len(needed) == len(kept) {
			break
		}
		kept = needed
	}
	for _, s := range useless {
		i := slices.IndexFunc(kept, func(k suspicion) bool { return &k.spans[0] == &s.spans[0] })
		if i < 0 {
			rest = append(rest, s.Finding)
			continue
		}
		before := t.highUS
		t.take(&s)
		s.Saving.HighUS = max(s.Saving.HighUS, before-t.highUS)
		s.Because += "; it runs beside other findings, and pays only together with them"
		s.AfterUS = t.after()
		findings = append(findings, s.Finding)
	}
	return findings, rest
}

// after is how long the root takes with all fixes so far, in the middle of the range.
func (t *treatment) after() int64 { return t.highUS + (t.lowUS-t.highUS)/2 }
