package guide

import (
	"fmt"

	"spanwise/doctor"
	"spanwise/lab/score"
)

// Outcome says how often the doctor was right about a scenario, and sets its prediction against what the cure really
// saved, both medians over all runs.
func Outcome(r score.Row) string {
	predicted, measured := "no saving is predicted", "there is no cure here to measure"
	if r.Basis == doctor.None {
		measured = "saving time is not what the cure is for"
	}
	switch {
	case r.PredictedUS != nil && r.Cap:
		predicted = "predicted saving: up to " + score.Micros(*r.PredictedUS)
	case r.PredictedUS != nil:
		predicted = "predicted saving: " + score.Micros(*r.PredictedUS)
	}
	if r.MeasuredUS != nil {
		measured = "measured: " + score.Micros(*r.MeasuredUS)
	}
	off := ""
	if e, ok := r.Error(); ok {
		off = fmt.Sprintf(" (off by %.0f %%)", e*100)
	}
	right := fmt.Sprintf("In %d of %d runs the first finding was %s, as it should be", r.RightRuns, r.Runs, r.Expected)
	switch {
	case r.Mention:
		right = fmt.Sprintf("In %d of %d runs %s was mentioned and nothing found, as it should be", r.RightRuns, r.Runs, r.Expected)
	case r.Expected == "nothing":
		right = fmt.Sprintf("In %d of %d runs nothing was found, as it should be", r.RightRuns, r.Runs)
	}
	if r.RightRuns < r.Runs && r.Found != r.Expected {
		right += "; mostly it was " + r.Found
	}
	return fmt.Sprintf("%s. Over all runs, %s; %s%s.", right, predicted, measured, off)
}
