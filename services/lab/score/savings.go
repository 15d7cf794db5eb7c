package score

import (
	"slices"

	"spanwise/doctor"
)

// Savings says what the figures about predicted savings stand for.
type Savings struct {
	Structural int     `json:"structural"` // scenarios whose cure saves what one trace can tell
	Compared   int     `json:"compared"`   // of these, predicted as a value
	Caps       int     `json:"caps"`       // predictions of whatever basis that are upper bounds
	Held       int     `json:"caps_held"`  // of these, those that the measured saving stays below, give or take a tenth
	LeastOfCap float64 `json:"caps_least"` // the smallest share of its upper bound that a cure saved: how loose it is
	MostOfCap  float64 `json:"caps_most"`  // the greatest
	Shared     int     `json:"shared"`     // predictions, one a run, of what depends on what others use too
	Marked     int     `json:"marked"`     // of these, said to be so
}

// save sums the savings up.
func (r *Result) save() {
	for _, row := range r.Rows {
		if !row.saves() || row.MeasuredUS == nil {
			continue
		}
		switch row.Basis {
		case doctor.Structural:
			r.Savings.Structural++
		case doctor.Shared:
			r.Savings.Shared += row.ClaimRuns
			r.Savings.Marked += row.MarkedRuns
		}
		if share, ok := row.ofCap(); ok {
			r.Savings.Caps++
			r.Savings.Held += tally(share <= mostOfCap)
			if r.Savings.Caps == 1 {
				r.Savings.LeastOfCap = share
			}
			r.Savings.LeastOfCap, r.Savings.MostOfCap = min(r.Savings.LeastOfCap, share), max(r.Savings.MostOfCap, share)
		}
	}
	r.Savings.Compared, r.StructuralMedian, r.StructuralWorst = r.errors()
}

// errors sums up how far predictions are from what was measured.
func (r Result) errors() (n int, middle, worst float64) {
	var errors []float64
	for _, row := range r.Rows {
		if e, ok := row.Error(); ok {
			errors = append(errors, e)
		}
	}
	if len(errors) == 0 {
		return 0, 0, 0
	}
	return len(errors), median(errors), slices.Max(errors)
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

// ofCap returns which share of its predicted upper bound the cure saved; false where there are not both.
func (r Row) ofCap() (float64, bool) {
	if !r.Cap || r.PredictedUS == nil || r.MeasuredUS == nil || *r.PredictedUS <= 0 {
		return 0, false
	}
	return float64(*r.MeasuredUS) / float64(*r.PredictedUS), true
}
