package score

import (
	"slices"

	"spanwise/doctor"
	"spanwise/lab/bench"
	"spanwise/lab/scenario"
)

// A Result is the score. Its JSON form is published: shares are from 0 to 1, durations in microseconds.
type Result struct {
	Machine       bench.Machine `json:"machine"`
	Runs          int           `json:"runs"`
	Precision     float64       `json:"precision"`      // the share of findings that were planted; see Findings
	Recall        float64       `json:"recall"`         // the share of slow requests about which the doctor is right
	PlaceAccuracy float64       `json:"place_accuracy"` // of those with the right kind, the share with the right place
	// The errors of the predicted savings, relative to the measured ones; see Savings.
	StructuralMedian float64  `json:"structural_saving_median_error"`
	StructuralWorst  float64  `json:"structural_saving_worst_error"`
	Findings         Findings `json:"findings"`
	Quiet            Quiet    `json:"quiet"`
	Savings          Savings  `json:"savings"`
	Rows             []Row    `json:"scenarios"`
}

// Findings are how many there were. Equal ones about several requests at once count once.
type Findings struct {
	Planted     int `json:"planted"`
	FalseAlarms int `json:"false_alarms"`
	AlsoTrue    int `json:"also_true"` // excused in the catalogue as true, though not planted; in no other figure
}

// Quiet counts the requests in which there is nothing to find: fixed requests, near misses and healthy ones.
type Quiet struct {
	Played  int `json:"played"`
	Alarmed int `json:"alarmed"` // with a false alarm
}

// Savings are what the figures about predicted savings are made of.
type Savings struct {
	Structural      int     `json:"structural"`         // scenarios with a saving that can be predicted as a value
	NeedOtherTraces int     `json:"need_other_traces"`  // of these, those that one trace cannot predict; not in the median
	Compared        int     `json:"compared"`           // of the structural ones, those predicted as a value
	ComparedAlone   int     `json:"compared_alone"`     // of these, those that one trace can predict
	WorstRunError   float64 `json:"worst_run_error"`    // of all compared ones, in any single run
	Bounded         int     `json:"bounded"`            // of the structural ones, those predicted as an upper bound
	UpperBounds     int     `json:"upper_bounds"`       // predictions of any basis that are upper bounds
	UpperBoundsHeld int     `json:"upper_bounds_held"`  // of these, those that the measured saving stays below, within a tenth
	LeastOfBound    float64 `json:"upper_bounds_least"` // the smallest share of its upper bound that a fix saved
	MostOfBound     float64 `json:"upper_bounds_most"`  // the greatest
	Shared          int     `json:"shared"`             // right runs whose saving is shared with other requests
	MarkedAsShared  int     `json:"marked_as_shared"`   // of these, those that the doctor marks so
}

// newResult sums judged samples up.
func newResult(m bench.Machine, runs int, samples []*sample, controls controls) Result {
	r := Result{Machine: m, Runs: runs}
	var right, kinds, places, slow, planted, found float64
	groups := byVariant(samples)
	for i, same := range groups {
		row := newRow(same)
		// Each scenario weighs the same, however often it was played.
		perRun := func(n int) float64 { return float64(n) / float64(row.Runs) }
		if row.Variant == scenario.Slow {
			row.compare(same, groups[i+1], controls)
			slow, right = slow+1, right+perRun(row.RightRuns)
			kinds, places = kinds+perRun(row.KindRuns), places+perRun(row.PlaceRuns)
		}
		r.Rows = append(r.Rows, row)
		p, alarms := r.count(same)
		planted, found = planted+perRun(p), found+perRun(p+alarms)
	}
	r.Precision, r.Recall, r.PlaceAccuracy = ratio(planted, found), ratio(right, slow), ratio(places, kinds)
	r.sumSavings()
	return r
}

// count adds findings up, and returns how many were planted and how many are false alarms.
func (r *Result) count(samples []*sample) (planted, alarms int) {
	for _, s := range samples {
		planted, alarms = planted+len(s.verdict.planted), alarms+len(s.verdict.falseAlarms)
		r.Findings.AlsoTrue += len(s.verdict.alsoTrue)
		if s.variant.Want.Kind == "" {
			r.Quiet.Played++
			r.Quiet.Alarmed += min(len(s.verdict.falseAlarms), 1)
		}
	}
	r.Findings.Planted, r.Findings.FalseAlarms = r.Findings.Planted+planted, r.Findings.FalseAlarms+alarms
	return planted, alarms
}

func (r *Result) sumSavings() {
	s := &r.Savings
	var alone, all, bounds []float64
	for _, row := range r.Rows {
		if row.structural() {
			s.Structural++
			s.NeedOtherTraces += number(row.NeedsOtherTraces)
		} else if row.Basis == doctor.Shared && row.MeasuredUS != nil {
			s.Shared, s.MarkedAsShared = s.Shared+row.RightRuns, s.MarkedAsShared+row.SharedRuns
		}
		if e, ok := row.Error(); ok {
			all = append(all, e)
			if !row.NeedsOtherTraces {
				alone = append(alone, e)
			}
			s.WorstRunError = max(s.WorstRunError, *row.WorstRunError)
		}
		if share, ok := row.shareOfBound(); ok {
			bounds = append(bounds, share)
			s.Bounded += number(row.structural())
			s.UpperBoundsHeld += number(share <= mostOfBound)
		}
	}
	s.Compared, s.ComparedAlone, s.UpperBounds = len(all), len(alone), len(bounds)
	if len(bounds) > 0 {
		s.LeastOfBound, s.MostOfBound = slices.Min(bounds), slices.Max(bounds)
	}
	if len(all) > 0 {
		r.StructuralWorst = slices.Max(all)
	}
	if len(alone) > 0 {
		r.StructuralMedian = bench.Median(alone)
	}
}
