package score

import (
	"cmp"
	"slices"

	"spanwise/doctor"
	"spanwise/lab/scenario"
)

// A Row is one variant of one scenario over all runs.
type Row struct {
	ID          string         `json:"id"`
	Variant     string         `json:"variant"`  // slow, fixed, before, near-miss or healthy
	Expected    string         `json:"expected"` // a kind, or "nothing"
	Found       string         `json:"found"`    // the kind that came first most often, or "nothing"
	PlaceRight  bool           `json:"place_right"`
	PredictedUS *int64         `json:"predicted_us"` // the median; null where no saving is claimed
	MeasuredUS  *int64         `json:"measured_us"`  // of slow requests, whatever the cure is for; null of all others
	Runs        int            `json:"runs"`
	RightRuns   int            `json:"right_runs"`
	KindRuns    int            `json:"kind_runs"`  // in which what comes first is of the expected kind, wherever and however told
	PlaceRuns   int            `json:"place_runs"` // of these
	AskedRuns   int            `json:"runs_with_other_traces"`
	MarkedRuns  int            `json:"runs_marked_as_shared"` // of the right ones: the saving is of what others use too, an upper bound
	GainedRuns  int            `json:"runs_that_gained_what_was_planted"`
	DurationUS  int64          `json:"duration_us"`
	Basis       doctor.Basis   `json:"basis"` // expected
	Cap         bool           `json:"predicted_is_upper_bound"`
	Helped      bool           `json:"needs_other_traces"`         // to say what it saves: some runs got them, or there is no cure to compare with
	WorstRun    *float64       `json:"worst_run_error"`            // of a structural saving predicted as a value, in any single run
	BesideUS    *int64         `json:"control_slowed_by_us"`       // a request beside the slow one; null where that is no matter
	Felt        bool           `json:"control_felt_it"`            // by that much that it counts
	FeltWhy     string         `json:"control_reason,omitempty"`   // why it is known to feel it
	Mention     bool           `json:"mention"`                    // expected as a mention only, not as a finding
	Alarms      map[string]int `json:"false_alarms"`               // by kind and place
	Beside      map[string]int `json:"true_besides"`               // the same
	Unneeded    []string       `json:"excuses_unneeded,omitempty"` // listed as true besides, and never found
	Unsaid      map[string]int `json:"unsaid,omitempty"`           // what the first finding lacked to be understood
	Loose       string         `json:"bound_reason,omitempty"`     // why the upper bound is known to be far above what is saved
	Doubt       string         `json:"reason,omitempty"`           // why the doctor is known to be wrong here
}

func newRow(same []*sample) Row {
	s, v := same[0].scenario, same[0].variant
	row := Row{ID: s.ID, Variant: v.Name, Expected: named(v.Want.Kind), Runs: len(same), Basis: cmp.Or(v.Want.Basis, doctor.None),
		Mention: v.Want.Mention, Alarms: map[string]int{}, Beside: map[string]int{}, Unsaid: map[string]int{}, Doubt: s.Doubt, Loose: s.Loose, FeltWhy: s.Felt}
	var predicted []int64
	caps := 0
	found := map[string]int{}
	for _, one := range same {
		v := one.verdict
		found[named(v.Found)]++
		row.RightRuns += tally(v.Right)
		row.KindRuns += tally(v.Kind)
		row.PlaceRuns += tally(v.Place)
		row.AskedRuns += tally(v.asked)
		row.MarkedRuns += tally(v.Right && v.Basis == doctor.Shared)
		if v.Right {
			predicted = append(predicted, v.Predicted)
			caps += tally(v.Cap)
		}
		for _, claim := range v.alarms {
			row.Alarms[claim.String()]++
		}
		for _, claim := range v.beside {
			row.Beside[claim.String()]++
		}
		for _, what := range v.Unsaid {
			row.Unsaid[what]++
		}
	}
	row.DurationUS, row.Found = durationUS(same), mostOften(found)
	row.PlaceRight = row.PlaceRuns*2 > row.Runs
	if row.Expected != nothing && len(predicted) > 0 {
		if p := median(predicted); p > 0 {
			row.PredictedUS, row.Cap = &p, caps*2 > len(predicted)
		}
	}
	row.Unneeded = unneeded(v.Want.Also, same)
	return row
}

// unneeded lists what a diagnosis excuses and nobody found.
func unneeded(excuses []scenario.Also, same []*sample) (list []string) {
	for _, a := range excuses {
		if !slices.ContainsFunc(same, func(s *sample) bool { return slices.ContainsFunc(s.verdict.beside, a.Excuses) }) {
			list = append(list, scenario.Claim{Kind: a.Kind, Place: a.Place}.String())
		}
	}
	return list
}

// structural reports whether the row's cure saves what can be told beforehand, so that a value is to be predicted; only
// slow ones are measured.
func (r Row) structural() bool {
	return r.MeasuredUS != nil && !r.Mention && r.Basis == doctor.Structural
}

// compare sets what the slow request has in comparison with its counterpart: what the cure saves, what was gained where it
// was planted, and what a request beside it felt. Each run is to gain what was planted over the fastest of the others: what
// else a machine does only ever adds.
func (r *Row) compare(slow, other []*sample, beside besides) {
	s := slow[0].scenario
	usual := slices.MinFunc(other, func(a, b *sample) int { return cmp.Compare(a.verdict.durationUS, b.verdict.durationUS) })
	gained := r.DurationUS - durationUS(other)
	r.MeasuredUS = &gained
	r.Helped = r.AskedRuns > 0 || other[0].variant.Name == scenario.Before
	r.WorstRun = r.worstRun(slow, r.DurationUS-gained)
	for _, one := range slow {
		got := s.Want.Gained(one.Played, usual.Played, s.Planted)
		r.GainedRuns += tally(got.Reached(s.Planted))
	}
	if _, measured := beside[s.ID]; measured {
		by, felt := beside.slowed(s)
		us := by.Microseconds()
		r.BesideUS, r.Felt = &us, felt
	}
}

// durationUS is the median.
func durationUS(same []*sample) int64 {
	var all []int64
	for _, s := range same {
		all = append(all, s.verdict.durationUS)
	}
	return median(all)
}
