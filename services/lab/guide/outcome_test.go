package guide

import (
	"spanwise/doctor/trace"
	"testing"

	"spanwise/doctor"
	"spanwise/lab/score"
)

// The outcome of a scenario never reads like a success when it was a miss.
func TestOutcome(t *testing.T) {
	us := func(n trace.Micros) *trace.Micros { return &n }
	tests := []struct {
		row  score.Row
		want string
	}{
		{score.Row{Expected: "n-plus-one", Found: "n-plus-one", Runs: 5, RightRuns: 5, Basis: doctor.Structural, PredictedUS: us(100_000), MeasuredUS: us(80_000)},
			"In 5 of 5 runs n-plus-one was the first finding, as expected. Median of all runs: 100 ms saving predicted; 80 ms measured (off by 25 %)."},
		{score.Row{Expected: "pool-wait", Found: "pool-wait", Runs: 5, RightRuns: 4, Basis: doctor.Shared, UpperBound: true, PredictedUS: us(100_000), MeasuredUS: us(80_000)},
			"In 4 of 5 runs pool-wait was the first finding, as expected. Median of all runs: up to 100 ms saving predicted; 80 ms measured."},
		{score.Row{Expected: "slow-self", Found: "over-fetch", Runs: 5, RightRuns: 2, Basis: doctor.Structural},
			"In 2 of 5 runs slow-self was the first finding, as expected; most often it was over-fetch. Median of all runs: no saving predicted; there is no fix to measure."},
		{score.Row{Expected: "slow-self", Found: "nothing", Runs: 5, Basis: doctor.None},
			"In 0 of 5 runs slow-self was the first finding; most often it was nothing. Median of all runs: no saving predicted; the fix is not meant to save time."},
		{score.Row{Expected: "clock-skew", Found: "clock-skew", Runs: 5, Basis: doctor.None},
			"In 0 of 5 runs clock-skew was the first finding with all the expected details. Median of all runs: no saving predicted; the fix is not meant to save time."},
		{score.Row{Expected: "detached-work", Found: "detached-work", Mention: true, Runs: 1, RightRuns: 1, Basis: doctor.None},
			"In 1 of 1 runs detached-work was mentioned without a false alarm, as expected. Median of all runs: no saving predicted; the fix is not meant to save time."},
		{score.Row{Expected: "nothing", Found: "nothing", Runs: 5, RightRuns: 5, Basis: doctor.None},
			"In 5 of 5 runs nothing was found, as expected."},
	}
	for _, tt := range tests {
		if got := Outcome(tt.row); got != tt.want {
			t.Errorf("%+v: got\n%s\nwant\n%s", tt.row, got, tt.want)
		}
	}
}
