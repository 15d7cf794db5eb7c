package score

import (
	"cmp"
	"slices"
	"time"

	"spanwise/doctor"
)

// A Row is one variant of one scenario over all runs.
type Row struct {
	ID          string         `json:"id"`
	Variant     string         `json:"variant"`  // slow, fixed, before, near-miss or healthy
	Expected    string         `json:"expected"` // a kind, or "nothing"
	Found       string         `json:"found"`    // the kind that came first most often, or "nothing"
	PlaceRight  bool           `json:"place_right"`
	PredictedUS *int64         `json:"predicted_us"` // the median; null where no saving can be predicted
	MeasuredUS  *int64         `json:"measured_us"`  // null where saving time is not what the cure is for
	Runs        int            `json:"runs"`
	RightRuns   int            `json:"right_runs"`
	PlaceRuns   int            `json:"place_runs"` // of the right ones
	AskedRuns   int            `json:"runs_with_other_traces"`
	ClaimRuns   int            `json:"runs_that_claim_a_saving"`
	MarkedRuns  int            `json:"runs_marked_as_shared"` // of these, as of what others use too: an upper bound
	GainedRuns  int            `json:"runs_that_gained_what_was_planted"`
	DurationUS  int64          `json:"duration_us"`
	Basis       doctor.Basis   `json:"basis"` // expected
	Cap         bool           `json:"predicted_is_upper_bound"`
	BesideUS    *int64         `json:"control_slowed_by_us"` // a request beside the slow one; null where that is no matter
	Felt        bool           `json:"control_felt_it"`      // by that much that it counts
	Mention     bool           `json:"mention"`              // expected as a mention only, not as a finding
	Alarms      map[string]int `json:"false_alarms"`         // by kind and place
	Beside      map[string]int `json:"true_besides"`         // the same
	Unsaid      map[string]int `json:"unsaid,omitempty"`     // what the first finding lacked to be understood
	Doubt       string         `json:"reason,omitempty"`     // why the doctor is known to be wrong here
}

func newRow(same []*sample) Row {
	s, v := same[0].scenario, same[0].variant
	row := Row{ID: s.ID, Variant: v.Name, Expected: named(v.Want.Kind), Runs: len(same), Basis: cmp.Or(v.Want.Basis, doctor.None),
		Mention: v.Want.Mention, Alarms: map[string]int{}, Beside: map[string]int{}, Unsaid: map[string]int{}, Doubt: s.Doubt}
	var predicted []int64
	caps := 0
	found := map[string]int{}
	for _, one := range same {
		v := one.verdict
		found[named(v.Found)]++
		row.RightRuns += tally(v.Right)
		row.PlaceRuns += tally(v.Place)
		row.AskedRuns += tally(v.asked)
		row.ClaimRuns += tally(v.Basis != "" && v.Basis != doctor.None)
		row.MarkedRuns += tally(v.Basis == doctor.Shared)
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
	if row.saves() && len(predicted) > 0 {
		p := median(predicted)
		row.PredictedUS, row.Cap = &p, caps*2 > len(predicted)
	}
	return row
}

// saves reports whether saving time is what the cure is for.
func (r Row) saves() bool { return r.Expected != nothing && !r.Mention && r.Basis != doctor.None }

// compare sets what the slow request has in comparison with its counterpart: what the cure saves, what was gained where it
// was planted, and what a request beside it felt. Each run is to gain what was planted over the fastest of the others: what
// else a machine does only ever adds.
func (r *Row) compare(slow, other []*sample, beside besides) {
	s := slow[0].scenario
	usual := slices.MinFunc(other, func(a, b *sample) int { return cmp.Compare(a.verdict.durationUS, b.verdict.durationUS) })
	gained := r.DurationUS - durationUS(other)
	if r.saves() {
		r.MeasuredUS = &gained
	}
	for _, one := range slow {
		got := s.Want.Gained(one.Played, usual.Played, s.Planted)
		r.GainedRuns += tally(got.Reached(s.Planted))
	}
	if _, measured := beside[s.ID]; measured && s.Felt == "" {
		us := beside.slowed(s).Microseconds()
		r.BesideUS, r.Felt = &us, us > max(gained/4, anyway.Microseconds())
	}
}

// anyway is by how much a request may be slower than another with nothing to blame for it.
const anyway = 5 * time.Millisecond

// durationUS is the median.
func durationUS(same []*sample) int64 {
	var all []int64
	for _, s := range same {
		all = append(all, s.verdict.durationUS)
	}
	return median(all)
}
