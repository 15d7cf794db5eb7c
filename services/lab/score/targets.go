package score

import (
	"fmt"
	"math"
	"slices"

	"spanwise/doctor"
	"spanwise/lab/scenario"
)

// The targets.
const (
	leastPrecision, leastRecall, leastPlace = 0.95, 0.95, 0.95
	mostMedianError, mostWorstError         = 0.10, 0.25
	leastOfBound, mostOfBound               = 0.50, 1.10 // a looser bound predicts nothing; measured savings vary by a tenth from run to run
	leastEffect                             = 0.90       // of few runs, because other load can hide the effect. Of ten runs, all
)

// enoughRuns is how many runs a scenario needs for its figures to be more than chance.
const enoughRuns = 10

// failing returns the scenarios of which any row fails.
func failing(scenarios []scenario.Scenario, rows []Row) []scenario.Scenario {
	return slices.DeleteFunc(slices.Clone(scenarios), func(s scenario.Scenario) bool {
		return !slices.ContainsFunc(rows, func(r Row) bool { return r.ID == s.ID && r.fails() })
	})
}

// fails reports whether anything about the row is not as expected.
func (r Row) fails() bool {
	switch wrong, _ := r.Error(); {
	case r.RightRuns < r.Runs, r.Expected != nothing && r.PlaceRuns < r.Runs, len(r.FalseAlarms) > 0, wrong > mostWorstError, r.missesBound():
		return true
	case r.Variant != scenario.Slow:
		return false
	}
	return r.EffectRuns < r.Runs || r.slowsOthers() || r.Basis == doctor.Shared && r.SharedRuns < r.RightRuns
}

// missesBound reports whether the fix saved more than the predicted upper bound, or so much less that the bound predicts
// nothing, unless the catalogue admits either.
func (r Row) missesBound() bool {
	share, ok := r.shareOfBound()
	return ok && (share > mostOfBound && r.LowBound == "" || share < leastOfBound && r.LooseBound == "")
}

// slowsOthers reports whether controls were slowed although the catalogue does not admit that.
func (r Row) slowsOthers() bool { return r.ControlSlowed && r.SlowsOthers == "" }

// Missed lists the targets that the result does not reach, in words.
func (r Result) Missed() (list []string) {
	miss := func(format string, args ...any) { list = append(list, fmt.Sprintf(format, args...)) }
	least := func(name string, got, want float64) {
		if got < want {
			miss("%s is %.3f, want at least %.2f", name, got, want)
		}
	}
	most := func(name string, got, want float64) {
		if got > want {
			miss("%s is %s, want at most %s", name, percent(got), percent(want))
		}
	}
	least("precision", r.Precision, leastPrecision)
	least("recall", r.Recall, leastRecall)
	least("place accuracy", r.PlaceAccuracy, leastPlace)
	most("the median error of structural savings", r.StructuralMedian, mostMedianError)
	most("the worst error of structural savings", r.StructuralWorst, mostWorstError)
	if s := r.Savings; s.Compared+s.Bounded < s.Structural {
		miss("%d of %d structural savings are not predicted at all", s.Structural-s.Compared-s.Bounded, s.Structural)
	}
	if n := r.Savings.Shared - r.Savings.MarkedAsShared; n > 0 {
		miss("%d of %d savings that are shared with other requests are not marked as upper bounds", n, r.Savings.Shared)
	}
	for _, row := range r.Rows {
		if row.missesBound() {
			share, _ := row.shareOfBound()
			miss("%s: the fix saved %s of the predicted upper bound", row.ID, percent(share))
		}
		if row.Variant == scenario.Slow && row.EffectRuns < r.wantEffect(row.Runs) {
			miss("%s: the planted slowdown had no effect, or too little, in %d of %d runs", row.ID, row.Runs-row.EffectRuns, row.Runs)
		}
		if row.slowsOthers() {
			miss("%s: a request at the same time was slowed too, by %s", row.ID, *row.ControlSlowedByUS)
		}
	}
	return list
}

// wantEffect is in how many of so many runs the planted slowdown must have its effect.
func (r Result) wantEffect(runs int) int {
	if r.Runs >= enoughRuns {
		return runs
	}
	return int(math.Ceil(leastEffect * float64(runs)))
}
