package guide

import (
	"testing"

	"spanwise/doctor"
	"spanwise/lab/score"
)

// What came of playing a scenario is said so that nobody takes a miss for a hit.
func TestOutcome(t *testing.T) {
	us := func(n int64) *int64 { return &n }
	tests := []struct {
		row  score.Row
		want string
	}{
		{score.Row{Expected: "n-plus-one", Found: "n-plus-one", Runs: 5, RightRuns: 5, Basis: doctor.Structural, PredictedUS: us(100_000), MeasuredUS: us(80_000)},
			"In all of 5 runs the first finding was n-plus-one, as it should be. Over all runs, predicted saving: 100 ms; measured: 80.0 ms (off by 25 %)."},
		{score.Row{Expected: "pool-wait", Found: "pool-wait", Runs: 5, RightRuns: 4, Basis: doctor.Shared, UpperBound: true, PredictedUS: us(100_000), MeasuredUS: us(80_000)},
			"In 4 of 5 runs the first finding was pool-wait, as it should be. Over all runs, predicted saving: up to 100 ms; measured: 80.0 ms."},
		{score.Row{Expected: "slow-self", Found: "over-fetch", Runs: 5, RightRuns: 2, Basis: doctor.Structural},
			"In 2 of 5 runs the first finding was slow-self, as it should be; mostly it was over-fetch. Over all runs, no saving is predicted; there is no cure here to measure."},
		{score.Row{Expected: "slow-self", Found: "nothing", Runs: 5, Basis: doctor.None},
			"In none of 5 runs the first finding was slow-self, as it should have been; mostly it was nothing. Over all runs, no saving is predicted; saving time is not what the cure is for."},
		{score.Row{Expected: "clock-skew", Found: "clock-skew", Runs: 5, Basis: doctor.None},
			"In 5 runs the first finding was clock-skew, but never with all that is to be said of it. Over all runs, no saving is predicted; saving time is not what the cure is for."},
		{score.Row{Expected: "detached-work", Found: "detached-work", Mention: true, Runs: 1, RightRuns: 1, Basis: doctor.None},
			"In all of 1 runs detached-work was mentioned, and nothing false was found, as it should be. Over all runs, no saving is predicted; saving time is not what the cure is for."},
		{score.Row{Expected: "nothing", Found: "nothing", Runs: 5, RightRuns: 5, Basis: doctor.None},
			"In all of 5 runs nothing was found, as it should be."},
	}
	for _, tt := range tests {
		if got := Outcome(tt.row); got != tt.want {
			t.Errorf("%+v: got\n%s\nwant\n%s", tt.row, got, tt.want)
		}
	}
}
