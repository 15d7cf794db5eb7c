package score

import (
	"fmt"
	"math"

	"spanwise/lab/scenario"
)

// The targets of the whole.
const (
	leastPrecision, leastRecall, leastPlace = 0.95, 0.95, 0.95
	mostMedianError, mostWorstError         = 0.10, 0.25
	mostOfCap                               = 1.10 // measured savings differ by so much from run to run
)

// enough is how many runs of each give medians that the targets for errors are meant for. Fewer get more room.
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
	most("the median error of structural savings", r.StructuralMedian, mostMedianError*r.room())
	most("the worst error of structural savings", r.StructuralWorst, mostWorstError*r.room())
	if n := r.Savings.Shared - r.Savings.Marked; n > 0 {
		miss("%d of %d savings of what is shared are not marked as upper bounds", n, r.Savings.Shared)
	}
	for _, row := range r.Rows {
		if share, ok := row.ofCap(); ok && share > mostOfCap*r.room() {
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

// room is by how much more errors may be when they are of few runs: the spread of a median shrinks with the root of the
// number of what it is of. It widens the targets for errors only; what is found and where does not depend on how often.
func (r Result) room() float64 {
	if r.Runs >= enough {
		return 1
	}
	return math.Sqrt(enough / float64(max(r.Runs, 1)))
}
