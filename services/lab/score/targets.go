package score

import (
	"fmt"
	"math"
	"slices"

	"spanwise/doctor"
	"spanwise/lab/scenario"
)

// The targets of the whole.
const (
	leastPrecision, leastRecall, leastPlace = 0.95, 0.95, 0.95
	mostMedianError, mostWorstError         = 0.10, 0.25
	leastOfCap, mostOfCap                   = 0.50, 1.10 // less is no prediction; measured savings differ by so much from run to run
	leastGained                             = 0.90       // of few runs; what else a machine does can hide what is planted. Of ten, all
)

// enough is how many runs a scenario needs for its figures to be more than chance.
const enough = 10

// amiss returns those of some scenarios in which anything is not as it should be.
func amiss(scenarios []scenario.Scenario, rows []Row) []scenario.Scenario {
	return slices.DeleteFunc(slices.Clone(scenarios), func(s scenario.Scenario) bool {
		return !slices.ContainsFunc(rows, func(r Row) bool { return r.ID == s.ID && r.amiss() })
	})
}

func (r Row) amiss() bool {
	off, _ := r.Error()
	share, capped := r.ofCap()
	return r.RightRuns < r.Runs || r.Expected != nothing && r.PlaceRuns < r.Runs || len(r.Alarms) > 0 || off > mostWorstError || share > mostOfCap || capped && share < leastOfCap && r.Loose == "" ||
		r.Variant == scenario.Slow && (r.GainedRuns < r.Runs || r.Felt && r.FeltWhy == "" || r.MarkedRuns < r.RightRuns && r.Basis == doctor.Shared)
}

// Missed lists the targets that the result does not reach, in words.
func (r Result) Missed() (list []string) {
	miss := func(format string, args ...any) { list = append(list, fmt.Sprintf(format, args...)) }
	least := func(name string, got, want float64) {
		if got < want {
			miss("%s is %.3f, at least %.2f was to be reached", name, got, want)
		}
	}
	most := func(name string, got, want float64) {
		if got > want {
			miss("%s is %s, at most %s was to be", name, percent(got), percent(want))
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
	if n := r.Savings.Shared - r.Savings.Marked; n > 0 {
		miss("%d of %d savings of what is shared are not marked as upper bounds", n, r.Savings.Shared)
	}
	for _, row := range r.Rows {
		if share, ok := row.ofCap(); ok && (share > mostOfCap || share < leastOfCap && row.Loose == "") {
			miss("%s: its cure saved %s of what is said to be an upper bound", row.ID, percent(share))
		}
		if row.Variant == scenario.Slow && row.GainedRuns < r.gained(row.Runs) {
			miss("%s: what is planted did nothing, or not enough, in %d of %d runs", row.ID, row.Runs-row.GainedRuns, row.Runs)
		}
		if row.Felt && row.FeltWhy == "" {
			miss("%s: a request beside it was slowed down too, by %s", row.ID, Micros(*row.BesideUS))
		}
	}
	return list
}

// gained is in how many runs of so many what is planted has to show.
func (r Result) gained(runs int) int {
	if r.Runs >= enough {
		return runs
	}
	return int(math.Ceil(leastGained * float64(runs)))
}
