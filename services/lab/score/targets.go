package score

import (
	"fmt"
	"slices"

	"spanwise/doctor"
	"spanwise/lab/scenario"
)

// The targets of the whole.
const (
	leastPrecision, leastRecall, leastPlace = 0.95, 0.95, 0.95
	mostMedianError, mostWorstError         = 0.10, 0.25
	mostOfCap                               = 1.10 // measured savings differ by so much from run to run
	leastGained                             = 0.90 // of the runs; what else a machine does can hide what is planted
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
	share, _ := r.ofCap()
	return r.RightRuns < r.Runs || r.Expected != nothing && r.PlaceRuns < r.Runs || len(r.Alarms) > 0 || off > mostWorstError || share > mostOfCap ||
		r.Variant == scenario.Slow && r.GainedRuns < r.Runs || r.Felt || r.MarkedRuns < r.ClaimRuns && r.Basis == doctor.Shared
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
	if n := r.Savings.Shared - r.Savings.Marked; n > 0 {
		miss("%d of %d savings of what is shared are not marked as upper bounds", n, r.Savings.Shared)
	}
	for _, row := range r.Rows {
		if share, ok := row.ofCap(); ok && share > mostOfCap {
			miss("%s: its cure saved %s of what is said to be an upper bound", row.ID, percent(share))
		}
		if row.Variant == scenario.Slow && float64(row.GainedRuns) < leastGained*float64(row.Runs) {
			miss("%s: what is planted did nothing, or not enough, in %d of %d runs", row.ID, row.Runs-row.GainedRuns, row.Runs)
		}
		if row.Felt {
			miss("%s: a request beside it was slowed down too, by %s", row.ID, Micros(*row.BesideUS))
		}
	}
	return list
}
