package score

import (
	"cmp"
	"context"
	"slices"

	"spanwise/doctor/report"
	"spanwise/lab/bench"
	"spanwise/lab/scenario"
)

// Samples is what the plan's runs of one scenario gave: a trial for each variant, and the row for its slow one.
type Samples struct {
	Row    Row
	Trials []Trial
}

// A Trial is the one of a variant's runs that took the median time.
type Trial struct {
	Variant scenario.Variant
	Case    report.Case
}

// Try plays the plan and returns what it gave for its first scenario. The others are there to be compared with.
func Try(ctx context.Context, p Plan) (Samples, error) {
	samples, beside, err := p.play(ctx)
	if err != nil {
		return Samples{}, err
	}
	var all Samples
	for _, same := range alike(samples) {
		if same[0].scenario.ID != p.Scenarios[0].ID {
			continue
		}
		middle := middle(same)
		all.Trials = append(all.Trials, Trial{middle.variant, report.Case{Trace: middle.Slowest(), Report: middle.verdict.report}})
	}
	rows := result(bench.Here(), p.Runs, samples, beside).Rows
	all.Row = rows[slices.IndexFunc(rows, func(r Row) bool { return r.ID == p.Scenarios[0].ID })]
	return all, nil
}

// middle returns the one of some samples that took the median time.
func middle(same []*sample) *sample {
	byTime := slices.SortedFunc(slices.Values(same), func(a, b *sample) int { return cmp.Compare(a.verdict.durationUS, b.verdict.durationUS) })
	return byTime[len(byTime)/2]
}
