package guide

import (
	"fmt"

	"spanwise/doctor"
	"spanwise/lab/score"
)

// Outcome says how often the doctor was right about a scenario, and compares the saving that it predicted with the one that
// was measured; both are medians over all runs.
func Outcome(r score.Row) string {
	if r.Expected == "nothing" {
		return Verdict(r)
	}
	return Verdict(r) + " Median of all runs: " + saving(r) + "."
}

// Verdict says how often the doctor was right about a scenario.
func Verdict(r score.Row) string {
	found := "the first finding"
	switch {
	case r.Mention:
		found = "mentioned without a false alarm"
	case r.Expected == "nothing":
		found = "found"
	}
	text := fmt.Sprintf("In %d of %d runs %s was %s", r.RightRuns, r.Runs, r.Expected, found)
	switch {
	case r.RightRuns > 0:
		text += ", as expected"
	case r.Found == r.Expected && !r.Mention:
		text += " with all the expected details"
	}
	if r.Found != r.Expected && !r.Mention {
		text += "; most often it was " + r.Found
	}
	return text + "."
}

func saving(r score.Row) string {
	predicted, measured := "no saving predicted", "there is no fix to measure"
	if r.Basis == doctor.None {
		measured = "the fix is not meant to save time"
	}
	if r.PredictedUS != nil {
		predicted = r.PredictedUS.String() + " saving predicted"
		if r.UpperBound {
			predicted = "up to " + predicted
		}
	}
	if r.MeasuredUS != nil {
		measured = r.MeasuredUS.String() + " measured"
	}
	if e, ok := r.Error(); ok {
		measured += fmt.Sprintf(" (off by %.0f %%)", e*100)
	}
	return predicted + "; " + measured
}
