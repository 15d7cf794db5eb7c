package score

import (
	"fmt"

	"spanwise/lab/scenario"
)

// The targets of the whole.
const (
	leastPrecision, leastRecall, leastPlace = 0.95, 0.95, 0.95
	mostMedianError, mostWorstError         = 0.10, 0.25
	mostOfCap                               = 1.10 // measured savings differ by so much from run to run
)

// enough is how many runs of each give medians that the targets for errors are meant for. With fewer, such as two, chance alone
// can make a good prediction look bad, so that only the part of an error counts that the spread of the runs does not explain.
// What is found, and where, does not depend on how often.
const enough = 10

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
	middle, worst := r.StructuralMedian, r.StructuralWorst
	if r.Runs < enough {
		_, middle, worst = r.errors(Row.sureError)
	}
	most("the median error of structural savings", middle, mostMedianError)
	most("the worst error of structural savings", worst, mostWorstError)
	if n := r.Savings.Shared - r.Savings.Marked; n > 0 {
		miss("%d of %d savings of what is shared are not marked as upper bounds", n, r.Savings.Shared)
	}
	for _, row := range r.Rows {
		if share, ok := row.ofCap(); ok && share > mostOfCap {
			miss("%s: its cure saved %s of what is said to be an upper bound", row.ID, percent(share))
		}
		if row.Variant == scenario.Slow && row.GainedRuns < row.Runs {
			miss("%s: what is planted did nothing, or not enough, in %d of %d runs", row.ID, row.Runs-row.GainedRuns, row.Runs)
		}
		if row.Felt {
			miss("%s: a request beside it was slowed down too, by %s", row.ID, Micros(*row.BesideUS))
		}
	}
	return list
}
