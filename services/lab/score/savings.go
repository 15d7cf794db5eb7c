package score

import (
	"slices"

	"spanwise/doctor"
)

// Savings says what the figures about predicted savings stand for.
type Savings struct {
	Structural int     `json:"structural"`      // scenarios whose cure saves what can be told beforehand
	Helped     int     `json:"need_others"`     // of these, where one trace cannot tell: they are in no median
	Compared   int     `json:"compared"`        // of the structural ones, predicted as a value
	Bounded    int     `json:"bounded"`         // of the structural ones, predicted as an upper bound
	Alone      int     `json:"compared_alone"`  // of the compared ones, those that one trace tells
	WorstRun   float64 `json:"worst_run_error"` // of all compared ones, in any single run
	Caps       int     `json:"caps"`            // predictions of whatever basis that are upper bounds
	Held       int     `json:"caps_held"`       // of these, those that the measured saving stays below, give or take a tenth
	LeastOfCap float64 `json:"caps_least"`      // the smallest share of its upper bound that a cure saved: how loose it is
	MostOfCap  float64 `json:"caps_most"`       // the greatest
	Shared     int     `json:"shared"`          // right runs of what depends on what others use too
	Marked     int     `json:"marked"`          // of these, said to be so
}

// save sums the savings up.
func (r *Result) save() {
	s := &r.Savings
	var alone, all []float64
	for _, row := range r.Rows {
		if row.structural() {
			s.Structural++
			s.Helped += tally(row.Helped)
		} else if row.Basis == doctor.Shared && row.MeasuredUS != nil {
			s.Shared, s.Marked = s.Shared+row.RightRuns, s.Marked+row.MarkedRuns
		}
		if e, ok := row.Error(); ok {
			all = append(all, e)
			if !row.Helped {
				alone = append(alone, e)
			}
			s.WorstRun = max(s.WorstRun, *row.WorstRun)
		}
		if share, ok := row.ofCap(); ok {
			s.cap(share)
			s.Bounded += tally(row.structural())
		}
	}
	s.Compared, s.Alone = len(all), len(alone)
	if len(all) > 0 {
		r.StructuralWorst = slices.Max(all)
	}
	if len(alone) > 0 {
		r.StructuralMedian = median(alone)
	}
}

// cap adds an upper bound of which that share was saved.
func (s *Savings) cap(share float64) {
	if s.Caps++; s.Caps == 1 {
		s.LeastOfCap, s.MostOfCap = share, share
	}
	s.LeastOfCap, s.MostOfCap = min(s.LeastOfCap, share), max(s.MostOfCap, share)
	s.Held += tally(share <= mostOfCap)
}

// Error returns how far a structural prediction is from what was measured, as a share of that; false where there are
// not both, or the prediction is but an upper bound. Both are medians over the runs.
func (r Row) Error() (float64, bool) {
	if r.Cap || !r.structural() || r.PredictedUS == nil || r.MeasuredUS == nil {
		return 0, false
	}
	return off(*r.PredictedUS, *r.MeasuredUS), true
}

// off is how far a prediction is from what was measured, as a share of that; all of it where nothing was saved.
func off(predicted, measured int64) float64 {
	if measured <= 0 {
		return 1
	}
	return float64(max(predicted-measured, measured-predicted)) / float64(measured)
}

// worstRun is how far the prediction of any single run is from what it was slower than its counterpart usually is; nil where
// no value is predicted.
func (r Row) worstRun(slow []*sample, usualUS int64) *float64 {
	if _, ok := r.Error(); !ok {
		return nil
	}
	var worst float64
	for _, s := range slow {
		if v := s.verdict; v.Right && !v.Cap {
			worst = max(worst, off(v.Predicted, v.durationUS-usualUS))
		}
	}
	return &worst
}

// ofCap returns which share of its predicted upper bound the cure saved; false where there are not both.
func (r Row) ofCap() (float64, bool) {
	if !r.Cap || r.PredictedUS == nil || r.MeasuredUS == nil {
		return 0, false
	}
	return float64(*r.MeasuredUS) / float64(*r.PredictedUS), true
}
