package score

import (
	"cmp"
	"slices"
	"time"

	"spanwise/doctor"
	"spanwise/lab/bench"
	"spanwise/lab/scenario"
)

// A Result is the score. Its JSON form is published: shares from 0 to 1, durations in microseconds.
type Result struct {
	Machine       bench.Machine `json:"machine"`
	Runs          int           `json:"runs"`
	Precision     float64       `json:"precision"`      // of findings, those that are what was planted; see Findings
	Recall        float64       `json:"recall"`         // of all slow requests, those whose first finding is right
	PlaceAccuracy float64       `json:"place_accuracy"` // of these, those that name the right place
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
	MarkedRuns  int            `json:"runs_marked_as_shared"`
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

	spread int64 // µs by which the measured saving may be off, with few runs
}

// result judges all samples and sums them up.
func result(m bench.Machine, runs int, samples []*sample, beside besides) Result {
	r := Result{Machine: m, Runs: runs}
	var right, places, wanted int
	groups := alike(samples)
	for i, same := range groups {
		row := newRow(same)
		if row.Variant == scenario.Slow {
			row.compare(same, groups[i+1], beside)
		}
		r.Rows = append(r.Rows, row)
		r.count(same)
		if row.Expected != nothing {
			wanted, right, places = wanted+row.Runs, right+row.RightRuns, places+row.PlaceRuns
		}
	}
	r.Precision, r.Recall, r.PlaceAccuracy = ratio(r.Findings.True, r.Findings.True+r.Findings.False), ratio(right, wanted), ratio(places, right)
	r.save()
	return r
}

func (r *Result) count(same []*sample) {
	for _, s := range same {
		r.Findings.True += len(s.verdict.so)
		r.Findings.False += len(s.verdict.alarms)
		r.Findings.Beside += len(s.verdict.beside)
		if s.variant.Want.Kind == "" {
			r.Quiet.Played++
			r.Quiet.Alarmed += min(len(s.verdict.alarms), 1)
		}
	}
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
// was planted, and what a request beside it felt.
func (r *Row) compare(slow, other []*sample, beside besides) {
	s, usual := slow[0].scenario, middle(other)
	gained := r.DurationUS - durationUS(other)
	if r.saves() {
		r.MeasuredUS = &gained
		r.spread = (spread(slow) + spread(other)) / 2
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

// spread is by how much durations differ.
func spread(same []*sample) int64 {
	least, most := same[0].verdict.durationUS, same[0].verdict.durationUS
	for _, s := range same {
		least, most = min(least, s.verdict.durationUS), max(most, s.verdict.durationUS)
	}
	return most - least
}

const nothing = "nothing"

func named(k doctor.Kind) string { return cmp.Or(string(k), nothing) }

func tally(is bool) int {
	if is {
		return 1
	}
	return 0
}

func mostOften(n map[string]int) (best string) {
	for name := range n {
		if best == "" || n[name] > n[best] || n[name] == n[best] && name < best {
			best = name
		}
	}
	return best
}

func median[T int64 | float64](list []T) T {
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
