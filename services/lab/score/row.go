package score

import (
	"cmp"
	"slices"

	"spanwise/doctor"
	"spanwise/doctor/trace"
	"spanwise/lab/bench"
	"spanwise/lab/scenario"
)

// A Row is one variant of one scenario over all runs.
type Row struct {
	ID          string        `json:"id"`
	Variant     string        `json:"variant"`      // slow, fixed, before, near-miss or healthy
	Expected    string        `json:"expected"`     // a kind, or "nothing"
	Found       string        `json:"found"`        // the kind that came first most often, or "nothing"
	PlaceRight  bool          `json:"place_right"`  // in most runs
	PredictedUS *trace.Micros `json:"predicted_us"` // the median saving; null if none is claimed
	MeasuredUS  *trace.Micros `json:"measured_us"`  // the saving of slow requests, whatever the fix is for; null for all others
	Runs        int           `json:"runs"`

	RightRuns  int `json:"right_runs"`
	KindRuns   int `json:"kind_runs"`  // in which the first finding is of the expected kind, whatever else it says
	PlaceRuns  int `json:"place_runs"` // of these, in which the place is right
	OthersRuns int `json:"runs_with_other_traces"`
	SharedRuns int `json:"runs_marked_as_shared"` // right ones whose saving is marked as shared with other requests, an upper bound
	EffectRuns int `json:"runs_with_planted_effect"`

	DurationUS       trace.Micros `json:"duration_us"`              // the median
	Mention          bool         `json:"mention"`                  // expected as a mention only, not as a finding
	Basis            doctor.Basis `json:"basis"`                    // expected
	UpperBound       bool         `json:"predicted_is_upper_bound"` // and not a value
	NeedsOtherTraces bool         `json:"needs_other_traces"`       // to predict the saving: some runs got them, or there is no fix
	WorstRunError    *float64     `json:"worst_run_error"`          // of a structural saving predicted as a value, in any single run

	ControlSlowedByUS *trace.Micros `json:"control_slowed_by_us"` // null if there was no control
	ControlSlowed     bool          `json:"control_slowed"`       // by so much that it counts

	FalseAlarms   map[string]int `json:"false_alarms"`             // by kind and place
	AlsoTrue      map[string]int `json:"also_true"`                // likewise, findings that the catalogue excuses
	UnusedExcuses []string       `json:"unused_excuses,omitempty"` // excused in the catalogue, but never found
	Unsaid        map[string]int `json:"unsaid,omitempty"`         // details that the first finding did not state
	scenario.Limitations
}

func newRow(samples []*sample) Row {
	s, v := samples[0].scenario, samples[0].variant
	row := Row{ID: s.ID, Variant: v.Name, Expected: orNothing(v.Want.Kind), Mention: v.Want.Mention, Basis: cmp.Or(v.Want.Basis, doctor.None),
		DurationUS: medianUS(samples), Runs: len(samples), FalseAlarms: map[string]int{}, AlsoTrue: map[string]int{}, Unsaid: map[string]int{},
		Limitations: s.Limitations}
	var predicted []trace.Micros
	bounds, found := 0, map[string]int{}
	for _, one := range samples {
		v := one.verdict
		found[orNothing(v.Found)]++
		row.RightRuns += number(v.Right)
		row.KindRuns += number(v.KindRight)
		row.PlaceRuns += number(v.PlaceRight)
		row.OthersRuns += number(v.gotOthers)
		row.SharedRuns += number(v.Right && v.Saving.Basis == doctor.Shared)
		if v.Right {
			predicted = append(predicted, v.Saving.US)
			bounds += number(v.Saving.UpperBound)
		}
		for _, claim := range v.falseAlarms {
			row.FalseAlarms[claim.String()]++
		}
		for _, claim := range v.alsoTrue {
			row.AlsoTrue[claim.String()]++
		}
		for _, what := range v.Unsaid {
			row.Unsaid[what]++
		}
	}
	row.Found, row.PlaceRight = mostFrequent(found), row.PlaceRuns*2 > row.Runs
	if row.Expected != nothing && len(predicted) > 0 {
		if p := bench.Median(predicted); p > 0 {
			row.PredictedUS, row.UpperBound = &p, bounds*2 > len(predicted)
		}
	}
	for _, e := range v.Want.AlsoTrue {
		if !slices.ContainsFunc(samples, func(s *sample) bool { return slices.ContainsFunc(s.verdict.alsoTrue, e.Covers) }) {
			row.UnusedExcuses = append(row.UnusedExcuses, scenario.Claim{Kind: e.Kind, Place: e.Place}.String())
		}
	}
	return row
}

// compare fills in what needs the baseline: what the fix saves, in how many runs the effect showed, and whether controls were
// slowed. Each run must show the effect over the fastest run of the baseline, because other load on the machine only adds time.
func (r *Row) compare(slow, baseline []*sample, controls controls) {
	s := slow[0].scenario
	fastest := slices.MinFunc(baseline, func(a, b *sample) int { return cmp.Compare(a.verdict.durationUS, b.verdict.durationUS) })
	saved := r.DurationUS - medianUS(baseline)
	r.MeasuredUS = &saved
	r.NeedsOtherTraces = r.OthersRuns > 0 || baseline[0].variant.Name == scenario.Before
	r.WorstRunError = r.worstRunError(slow, r.DurationUS-saved)
	for _, one := range slow {
		r.EffectRuns += number(s.Want.Effect(one.Played, fastest.Played, s.MinEffect).Reaches(s.MinEffect))
	}
	if len(controls[played{s.ID, scenario.Slow}]) > 0 {
		by, counts := controls.slowed(s)
		us := trace.Micros(by.Microseconds())
		r.ControlSlowedByUS, r.ControlSlowed = &us, counts
	}
}

// structural reports whether the saving of the fix can be predicted as a value. Only those of slow requests are measured.
func (r Row) structural() bool {
	return r.MeasuredUS != nil && !r.Mention && r.Basis == doctor.Structural
}

// Error returns how far a structural saving predicted as a value is from the measured one, as a share of that, both medians
// over the runs. It returns false if there is no such prediction.
func (r Row) Error() (float64, bool) {
	if r.UpperBound || !r.structural() || r.PredictedUS == nil {
		return 0, false
	}
	return relativeError(*r.PredictedUS, *r.MeasuredUS), true
}

// worstRunError is the largest error of a prediction in a single run, compared with how much slower that run was than the
// median of the baseline; nil if no value is predicted.
func (r Row) worstRunError(slow []*sample, baselineUS trace.Micros) *float64 {
	if _, ok := r.Error(); !ok {
		return nil
	}
	var worst float64
	for _, s := range slow {
		if v := s.verdict; v.Right && !v.Saving.UpperBound {
			worst = max(worst, relativeError(v.Saving.US, v.durationUS-baselineUS))
		}
	}
	return &worst
}

// shareOfBound returns which share of its predicted upper bound the fix saved. It returns false if there is no such prediction.
func (r Row) shareOfBound() (float64, bool) {
	if !r.UpperBound || r.PredictedUS == nil || r.MeasuredUS == nil {
		return 0, false
	}
	return float64(*r.MeasuredUS) / float64(*r.PredictedUS), true
}

const nothing = "nothing"

func orNothing(k doctor.Kind) string { return cmp.Or(string(k), nothing) }
