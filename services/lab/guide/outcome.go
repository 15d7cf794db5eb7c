package guide

import (
	"fmt"

	"spanwise/doctor"
	"spanwise/lab/score"
)

// Outcome says how often the doctor was right about a scenario, and sets its prediction against what the cure really
// saved, both medians over all runs.
func Outcome(r score.Row) string {
	if r.Expected == "nothing" {
		return judgement(r)
	}
	return judgement(r) + " Over all runs, " + saving(r) + "."
}

func judgement(r score.Row) string {
	right := "the first finding was " + r.Expected
	switch {
	case r.Mention:
		right = r.Expected + " was mentioned, and nothing false was found"
	case r.Expected == "nothing":
		right = "nothing was found"
	}
	mostly := ""
	if !r.Mention && r.Found != r.Expected {
		mostly = "; mostly it was " + r.Found
	}
	switch {
	case r.RightRuns == r.Runs:
		return fmt.Sprintf("In all of %d runs %s, as it should be.", r.Runs, right)
	case r.RightRuns > 0:
		return fmt.Sprintf("In %d of %d runs %s, as it should be%s.", r.RightRuns, r.Runs, right, mostly)
	case mostly == "":
		return fmt.Sprintf("In %d runs %s, but never with all that is to be said of it.", r.Runs, right)
	}
	return fmt.Sprintf("In none of %d runs %s, as it should have been%s.", r.Runs, right, mostly)
}

func saving(r score.Row) string {
	predicted, measured := "no saving is predicted", "there is no cure here to measure"
	if r.Basis == doctor.None {
		measured = "saving time is not what the cure is for"
	}
	switch {
	case r.PredictedUS != nil && r.UpperBound:
		predicted = "predicted saving: up to " + score.Micros(*r.PredictedUS)
	case r.PredictedUS != nil:
		predicted = "predicted saving: " + score.Micros(*r.PredictedUS)
	}
	if r.MeasuredUS != nil {
		measured = "measured: " + score.Micros(*r.MeasuredUS)
	}
	if e, ok := r.Error(); ok {
		measured += fmt.Sprintf(" (off by %.0f %%)", e*100)
	}
	return predicted + "; " + measured
}
