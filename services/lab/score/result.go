package score

import (
	"cmp"
	"slices"

	"spanwise/lab/bench"
	"spanwise/lab/scenario"
)

// A Result is the score. Its JSON form is published: shares from 0 to 1, durations in microseconds.
type Result struct {
	Machine       bench.Machine `json:"machine"`
	Runs          int           `json:"runs"`
	Precision     float64       `json:"precision"`      // of findings, those that are what was planted; see Findings
	Recall        float64       `json:"recall"`         // of all slow requests, those of which the right thing is said
	PlaceAccuracy float64       `json:"place_accuracy"` // of those of which the right kind is, those that name the right place
	// The errors of the predicted savings, relative to the measured ones; see Savings.
	StructuralMedian float64  `json:"structural_saving_median_error"`
	StructuralWorst  float64  `json:"structural_saving_worst_error"`
	Findings         Findings `json:"findings"`
	Quiet            Quiet    `json:"quiet"`
	Savings          Savings  `json:"savings"`
	Rows             []Row    `json:"scenarios"`
}

// Findings are how many there were. What several requests at once have alike counts once.
type Findings struct {
	True   int `json:"planted"`
	False  int `json:"false_alarms"`
	Beside int `json:"true_besides"` // listed in the catalogue as true, though not planted; in no figure
}

// Quiet is about the requests in which there is nothing to find: cured, near misses, healthy.
type Quiet struct {
	Played  int `json:"played"`
	Alarmed int `json:"alarmed"` // with a false alarm
}

// result judges all samples and sums them up.
func result(m bench.Machine, runs int, samples []*sample, beside besides) Result {
	r := Result{Machine: m, Runs: runs}
	var right, kinds, places, slow, planted, found float64
	groups := alike(samples)
	for i, same := range groups {
		row := newRow(same)
		if row.Variant == scenario.Slow {
			row.compare(same, groups[i+1], beside)
			slow, right = slow+1, right+row.share(row.RightRuns)
			kinds, places = kinds+row.share(row.KindRuns), places+row.share(row.PlaceRuns)
		}
		r.Rows = append(r.Rows, row)
		so, alarms := r.count(same)
		planted, found = planted+row.share(so), found+row.share(so+alarms)
	}
	r.Precision, r.Recall, r.PlaceAccuracy = ratio(planted, found), ratio(right, slow), ratio(places, kinds)
	r.save()
	return r
}

// share is a number a run, so that each scenario weighs the same however often it was played.
func (r Row) share(n int) float64 { return float64(n) / float64(r.Runs) }

// count adds up what was found, and returns how much was planted and how much is false.
func (r *Result) count(same []*sample) (so, alarms int) {
	for _, s := range same {
		so, alarms = so+len(s.verdict.so), alarms+len(s.verdict.alarms)
		r.Findings.Beside += len(s.verdict.beside)
		if s.variant.Want.Kind == "" {
			r.Quiet.Played++
			r.Quiet.Alarmed += min(len(s.verdict.alarms), 1)
		}
	}
	r.Findings.True, r.Findings.False = r.Findings.True+so, r.Findings.False+alarms
	return so, alarms
}

// alike groups samples by scenario and variant, in the order of the catalogue.
func alike(samples []*sample) (groups [][]*sample) {
	at := map[string]int{}
	samples = slices.Clone(samples)
	slices.SortStableFunc(samples, func(a, b *sample) int { return cmp.Compare(a.scenario.Number, b.scenario.Number) })
	for _, s := range samples {
		key := s.scenario.ID + " " + s.variant.Name
		i, known := at[key]
		if !known {
			i = len(groups)
			at[key] = i
			groups = append(groups, nil)
		}
		groups[i] = append(groups[i], s)
	}
	return groups
}
