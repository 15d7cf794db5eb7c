package score

import (
	"cmp"
	"fmt"
	"slices"

	"spanwise/doctor"
	"spanwise/lab/bench"
)

// A Result is the score. Its JSON form is published: shares from 0 to 1, durations in microseconds.
type Result struct {
	Machine       bench.Machine `json:"machine"`
	Runs          int           `json:"runs"`
	Precision     float64       `json:"precision"`      // of all findings, those that are so
	Recall        float64       `json:"recall"`         // of all slow requests, those whose first finding is of the right kind
	PlaceAccuracy float64       `json:"place_accuracy"` // of these, those that name the right place
	// The errors of the predicted savings, relative to the measured ones; over the scenarios with a structural saving.
	StructuralMedian float64 `json:"structural_saving_median_error"`
	StructuralWorst  float64 `json:"structural_saving_worst_error"`
	Rows             []Row   `json:"scenarios"`
}

// A Row is one variant of one scenario over all runs.
type Row struct {
	ID          string         `json:"id"`
	Variant     string         `json:"variant"`  // slow, fixed or healthy
	Expected    string         `json:"expected"` // a kind, or "nothing"
	Found       string         `json:"found"`    // the kind that came first most often, or "nothing"
	PlaceRight  bool           `json:"place_right"`
	PredictedUS *int64         `json:"predicted_us"` // the median; null where no saving can be predicted
	MeasuredUS  *int64         `json:"measured_us"`  // null where there is no cure to measure
	Runs        int            `json:"runs"`
	RightRuns   int            `json:"right_runs"`
	PlaceRuns   int            `json:"place_runs"` // of the right ones
	DurationUS  int64          `json:"duration_us"`
	Basis       doctor.Basis   `json:"basis"`
	Cap         bool           `json:"predicted_is_upper_bound"`
	Mention     bool           `json:"mention"`          // expected as a mention only, not as a finding
	Alarms      map[string]int `json:"false_alarms"`     // findings that are not so, by kind and place
	Doubt       string         `json:"reason,omitempty"` // why the doctor is known to be wrong here
}

// result judges all samples and sums them up.
func result(m bench.Machine, runs int, samples []*sample) Result {
	r := Result{Machine: m, Runs: runs}
	var right, places, wanted, so, alarms int
	for _, same := range alike(samples) {
		row := newRow(same)
		r.Rows = append(r.Rows, row)
		for _, s := range same {
			so, alarms = so+s.verdict.true, alarms+len(s.verdict.alarms)
		}
		if same[0].variant.Want.Kind != "" {
			wanted, right, places = wanted+row.Runs, right+row.RightRuns, places+row.PlaceRuns
		}
	}
	r.Precision, r.Recall, r.PlaceAccuracy = ratio(so, so+alarms), ratio(right, wanted), ratio(places, right)
	r.measure()
	return r
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

func newRow(same []*sample) Row {
	s, v := same[0].scenario, same[0].variant
	row := Row{ID: s.ID, Variant: v.Name, Expected: named(v.Want.Kind), Runs: len(same), Basis: cmp.Or(v.Want.Basis, doctor.None),
		Mention: v.Want.Mention, Alarms: map[string]int{}, Doubt: s.Doubt}
	var durations, predicted []int64
	caps := 0
	found := map[string]int{}
	for _, one := range same {
		v := one.verdict
		durations = append(durations, v.durationUS)
		found[named(v.Found)]++
		if v.Right {
			row.RightRuns++
			predicted = append(predicted, v.Predicted)
			if v.Cap {
				caps++
			}
		}
		if v.Place {
			row.PlaceRuns++
		}
		for _, f := range v.alarms {
			row.Alarms[string(f.Kind)+" "+f.Service+arrow(f.Callee)]++
		}
	}
	row.DurationUS, row.Found = median(durations), mostOften(found)
	row.PlaceRight = row.PlaceRuns*2 > row.Runs
	if v.Want.Kind != "" && !v.Want.Mention && v.Want.Basis != doctor.None && len(predicted) > 0 {
		p := median(predicted)
		row.PredictedUS, row.Cap = &p, caps*2 > len(predicted)
	}
	return row
}

// measure sets what the cures really saved, and how far the predictions are from that.
func (r *Result) measure() {
	var errors []float64
	for i := range r.Rows {
		slow := &r.Rows[i]
		if slow.Variant != "slow" || i+1 == len(r.Rows) || r.Rows[i+1].Variant != "fixed" {
			continue
		}
		if slow.Basis == doctor.None {
			continue // its cure is not meant to save time
		}
		saved := slow.DurationUS - r.Rows[i+1].DurationUS
		slow.MeasuredUS = &saved
		if e, ok := slow.Error(); ok {
			errors = append(errors, e)
		}
	}
	if len(errors) > 0 {
		slices.Sort(errors)
		r.StructuralMedian, r.StructuralWorst = errors[len(errors)/2], errors[len(errors)-1]
		if len(errors)%2 == 0 {
			r.StructuralMedian = (errors[len(errors)/2-1] + errors[len(errors)/2]) / 2
		}
	}
}

// The targets of the whole.
const (
	leastPrecision, leastRecall, leastPlace = 0.95, 0.95, 0.95
	mostMedianError, mostWorstError         = 0.10, 0.25
)

// Missed lists the targets that the result does not reach, in words.
func (r Result) Missed() (list []string) {
	least := func(name string, got, want float64) {
		if got < want {
			list = append(list, fmt.Sprintf("%s is %.3f, at least %.2f was to be reached", name, got, want))
		}
	}
	most := func(name string, got, want float64) {
		if got > want {
			list = append(list, fmt.Sprintf("%s is %s, at most %s was to be", name, percent(got), percent(want)))
		}
	}
	least("precision", r.Precision, leastPrecision)
	least("recall", r.Recall, leastRecall)
	least("place accuracy", r.PlaceAccuracy, leastPlace)
	most("the median error of structural savings", r.StructuralMedian, mostMedianError)
	most("the worst error of structural savings", r.StructuralWorst, mostWorstError)
	return list
}

// Error returns how far a structural prediction is from what was measured, as a share of that; false where there are
// not both, or the prediction is but an upper bound.
func (r Row) Error() (float64, bool) {
	if r.Cap || r.Basis != doctor.Structural || r.PredictedUS == nil || r.MeasuredUS == nil || *r.MeasuredUS <= 0 {
		return 0, false
	}
	off := *r.PredictedUS - *r.MeasuredUS
	return float64(max(off, -off)) / float64(*r.MeasuredUS), true
}

func named(k doctor.Kind) string { return cmp.Or(string(k), "nothing") }

func arrow(callee string) string {
	if callee == "" {
		return ""
	}
	return " → " + callee
}

func mostOften(n map[string]int) (best string) {
	for name := range n {
		if best == "" || n[name] > n[best] || n[name] == n[best] && name < best {
			best = name
		}
	}
	return best
}

func median(list []int64) int64 {
	slices.Sort(list)
	n := len(list)
	if n%2 == 0 {
		return (list[n/2-1] + list[n/2]) / 2
	}
	return list[n/2]
}

func ratio(a, b int) float64 {
	if b == 0 {
		return 1 // nothing was asked, so nothing was missed
	}
	return float64(a) / float64(b)
}
