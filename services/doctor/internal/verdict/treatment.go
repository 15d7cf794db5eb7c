package verdict

import (
	"cmp"
	"slices"

	"spanwise/doctor/finding"
	"spanwise/doctor/internal/evidence"
	"spanwise/doctor/internal/rule"
	"spanwise/doctor/path"
)

// A treatment is the fixes so far, and how long the root takes with them.
type treatment struct {
	exam          *evidence.Exam
	low, high     []path.Change
	explained     []path.Change // what findings that claim no saving would take away
	lowUS, highUS int64
	last          finding.Kind
}

func newTreatment(e *evidence.Exam) *treatment {
	return &treatment{exam: e, lowUS: e.Root.Duration, highUS: e.Root.Duration}
}

// with is how long the root takes with more fixes on top of those so far.
func (t *treatment) with(more []path.Change) int64 {
	return t.exam.Root.Duration - t.exam.Saving(slices.Concat(t.high, more)...)
}

// add takes a fix into the treatment if it saves enough on top of the others: a quarter of what it saves alone. If it is but the
// largest share, with nothing to compare it with, it has to be nearly all its own, and what others explain does not count. What
// claims no saving is only tried, to see whether the others have taken its time away.
func (t *treatment) add(s rule.Suspicion) bool {
	switch {
	case s.Saving.Basis == finding.None:
		if len(s.High) > 0 && t.left(s) < s.CriticalPathUS/4 {
			return false
		}
		t.explained = append(t.explained, s.High...)
		if len(s.High) > 0 {
			t.last = s.Kind
		}
		return true
	case s.Evidence == finding.NeedsOtherTraces:
		if t.left(s) < s.Saving.HighUS*3/4 {
			return false
		}
	default:
		if gain := t.highUS - t.with(s.High); gain < t.exam.Threshold() || gain < s.Saving.HighUS/4 {
			return false
		}
	}
	t.take(s)
	return true
}

// left is what a fix saves once the others are made and explained.
func (t *treatment) left(s rule.Suspicion) int64 {
	return t.with(t.explained) - t.with(slices.Concat(t.explained, s.High))
}

func (t *treatment) take(s rule.Suspicion) {
	t.high = append(t.high, s.High...)
	t.low = append(t.low, s.Low...)
	t.highUS, t.lowUS = t.with(nil), t.exam.Root.Duration-t.exam.Saving(t.low...)
	t.last = s.Kind
}

// after is how long the root takes with all fixes so far, in the middle of the range.
func (t *treatment) after() int64 { return t.highUS + (t.lowUS-t.highUS)/2 }

// jointly finds among fixes that save nothing alone, because something else takes as long at the same time, those that save
// enough together, or on top of the treatment: each of them must be needed for it.
func (t *treatment) jointly(alone []rule.Suspicion) (together, never []rule.Suspicion) {
	const most = 8
	slices.SortStableFunc(alone, func(a, b rule.Suspicion) int { return cmp.Compare(lasts(b), lasts(a)) })
	kept := slices.Clone(alone[:min(len(alone), most)])
	never = slices.Clone(alone[len(kept):])
	for len(kept) > 0 {
		all := t.with(fixes(kept, -1))
		i := 0
		for i < len(kept) && t.with(fixes(kept, i))-all >= t.exam.Threshold() {
			i++
		}
		if i == len(kept) {
			break
		}
		never = append(never, kept[i])
		kept = slices.Delete(kept, i, i+1)
	}
	joint := t.highUS - t.with(fixes(kept, -1))
	for _, s := range kept {
		t.take(s)
		s.Saving.HighUS = max(s.Saving.HighUS, joint)
		s.Reason("other findings run beside it: it pays once they are fixed too")
		together = append(together, s)
	}
	return together, never
}

// fixes are the changes of all suspicions but one.
func fixes(list []rule.Suspicion, but int) (changes []path.Change) {
	for i, s := range list {
		if i != but {
			changes = append(changes, s.High...)
		}
	}
	return changes
}

// lasts is how long the suspicion's spans last together, on the critical path or not.
func lasts(s rule.Suspicion) (us int64) {
	for _, span := range s.Spans {
		us += span.Duration
	}
	return us
}
