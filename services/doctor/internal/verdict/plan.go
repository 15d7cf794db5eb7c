package verdict

import (
	"cmp"
	"slices"

	"spanwise/doctor/finding"
	"spanwise/doctor/internal/evidence"
	"spanwise/doctor/internal/rule"
	"spanwise/doctor/path"
	"spanwise/doctor/trace"
)

// A plan is the fixes chosen so far, and how long the root takes with them.
type plan struct {
	exam          *evidence.Exam
	low, high     []path.Change
	explained     []path.Change // what findings that claim no saving would remove
	lowUS, highUS trace.Micros
	last          finding.Kind // of the last fix
}

func newPlan(e *evidence.Exam) *plan {
	return &plan{exam: e, lowUS: e.Root.Duration, highUS: e.Root.Duration}
}

// with is how long the root takes with more fixes on top of those in the plan.
func (p *plan) with(more []path.Change) trace.Micros {
	return p.exam.Root.Duration - p.exam.Saving(slices.Concat(p.high, more)...)
}

// add takes a fix into the plan if on top of the others it still saves a quarter of what it saves alone. A suspicion that rests
// only on its share of the time must keep nearly all of its saving, without what others explain. One that claims no saving is
// only tried, to see whether the others have removed its time.
func (p *plan) add(s *rule.Suspicion) bool {
	switch {
	case s.Saving.Basis == finding.None:
		if len(s.High) > 0 && p.remaining(s) < s.CriticalPathUS/4 {
			return false
		}
		p.explained = append(p.explained, s.High...)
		if len(s.High) > 0 {
			p.last = s.Kind
		}
		return true
	case s.Evidence == finding.NeedsOtherTraces:
		if p.remaining(s) < s.Saving.HighUS*3/4 {
			return false
		}
	default:
		if gain := p.highUS - p.with(s.High); gain < p.exam.Threshold() || gain < s.Saving.HighUS/4 {
			return false
		}
	}
	p.apply(s)
	return true
}

// remaining is what a fix saves on top of the plan and of everything that is explained.
func (p *plan) remaining(s *rule.Suspicion) trace.Micros {
	return p.with(p.explained) - p.with(slices.Concat(p.explained, s.High))
}

func (p *plan) apply(s *rule.Suspicion) {
	p.high = append(p.high, s.High...)
	p.low = append(p.low, s.Low...)
	p.highUS, p.lowUS = p.with(nil), p.exam.Root.Duration-p.exam.Saving(p.low...)
	p.last = s.Kind
}

// after is how long the root takes with all fixes in the plan, in the middle of the range.
func (p *plan) after() trace.Micros { return p.highUS + (p.lowUS-p.highUS)/2 }

// together finds, among fixes that save nothing alone because something in parallel takes as long, those that save enough
// together or on top of the plan: each of them must be needed for that.
func (p *plan) together(alone []*rule.Suspicion) (together, never []*rule.Suspicion) {
	const most = 8
	slices.SortStableFunc(alone, func(a, b *rule.Suspicion) int {
		return cmp.Compare(evidence.Sum(evidence.Durations(b.Spans)), evidence.Sum(evidence.Durations(a.Spans)))
	})
	kept := slices.Clone(alone[:min(len(alone), most)])
	never = slices.Clone(alone[len(kept):])
	for len(kept) > 0 {
		all := p.with(fixes(kept, -1))
		i := 0
		for i < len(kept) && p.with(fixes(kept, i))-all >= p.exam.Threshold() {
			i++
		}
		if i == len(kept) {
			break
		}
		never = append(never, kept[i])
		kept = slices.Delete(kept, i, i+1)
	}
	joint := p.highUS - p.with(fixes(kept, -1))
	for _, s := range kept {
		p.apply(s)
		s.Saving.HighUS = max(s.Saving.HighUS, joint)
		s.Reason("it runs in parallel with other findings; fixing it pays off only once those are fixed too")
		together = append(together, s)
	}
	return together, never
}

// withOthers raises the upper bounds of structural fixes to what each saves once the others are made: something that runs in parallel
// may limit a fix that is tried alone.
func withOthers(e *evidence.Exam, list []*rule.Suspicion) {
	all := e.Saving(fixes(list, -1)...)
	for i, s := range list {
		if s.Saving.Basis == finding.Structural {
			s.Saving.HighUS = max(s.Saving.HighUS, all-e.Saving(fixes(list, i)...))
		}
	}
}

// applyPromised takes a fix into the plan if even the cautious one still saves something on top of the others.
func (p *plan) applyPromised(s *rule.Suspicion) {
	low := slices.Concat(p.low, s.Low)
	if us := p.exam.Root.Duration - p.exam.Saving(low...); us < p.lowUS {
		p.low, p.lowUS = low, us
		p.high = append(p.high, s.High...)
		p.highUS = p.with(nil)
	}
}

// fixes lists the changes of all suspicions except one.
func fixes(list []*rule.Suspicion, except int) (changes []path.Change) {
	for i, s := range list {
		if i != except {
			changes = append(changes, s.High...)
		}
	}
	return changes
}
