package score

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"

	"spanwise/lab/scenario"
)

// summary says the figures, and what each is of.
func (r Result) summary() []string {
	f, s := r.Findings, r.Savings
	return []string{
		fmt.Sprintf("Precision %.3f: %d of %d findings are what was planted, the rest (%d) false alarms; %d more are true besides and count for neither.",
			r.Precision, f.True, f.True+f.False, f.False, f.Beside),
		fmt.Sprintf("Recall %.3f, place accuracy %.3f. Of %d requests in which there is nothing to find %d had a false alarm.",
			r.Recall, r.PlaceAccuracy, r.Quiet.Played, r.Quiet.Alarmed),
		fmt.Sprintf("Structural savings: of %d that one trace tells %d are predicted as a value. Of the scenarios' medians these are off by %s in the median.",
			s.Structural-s.Helped, s.Alone, percent(r.StructuralMedian)),
		fmt.Sprintf("%d of %d structural savings need other traces, and are in no median; predicted as a value: %d of them. Of all %d values the worst is off by %s, and by %s in the worst single run. %d structural savings are predicted as upper bounds.",
			s.Helped, s.Structural, s.Compared-s.Alone, s.Compared, percent(r.StructuralWorst), percent(s.WorstRun), s.Bounded),
		fmt.Sprintf("Upper bounds: %d of %d held; %s to %s of them was saved. Savings of what is shared: %d of %d are marked as upper bounds.",
			s.Held, s.Caps, percent(s.LeastOfCap), percent(s.MostOfCap), s.Marked, s.Shared),
	}
}

// remarks say what the table's numbers stand for where they are not as they should be.
func (r Result) remarks() (list []string) {
	for _, target := range r.Missed() {
		list = append(list, "missed: "+target)
	}
	for _, row := range r.Rows {
		if e, ok := row.Error(); ok && e > mostWorstError {
			list = append(list, fmt.Sprintf("%s: its predicted saving is off by %s", row.ID, percent(e)))
		}
		if row.Expected != nothing && row.PlaceRuns < row.KindRuns {
			list = append(list, fmt.Sprintf("%s, %s: the place was wrong in %d of %d runs", row.ID, row.Variant, row.KindRuns-row.PlaceRuns, row.KindRuns))
		}
		if measured, claimed := row.savings(); measured-claimed > row.DurationUS/2 {
			list = append(list, fmt.Sprintf("%s: %s of its %s are more than its counterpart takes, and the doctor claims %s of it", row.ID, Micros(measured), Micros(row.DurationUS), Micros(claimed)))
		}
		if row.Felt {
			list = append(list, fmt.Sprintf("%s: a request beside it was slower by %s; %s", row.ID, Micros(*row.BesideUS), cmp.Or(row.FeltWhy, "no reason is known")))
		}
		for _, excuse := range row.Unneeded {
			list = append(list, fmt.Sprintf("%s, %s: %s is listed as true besides, and was not found", row.ID, row.Variant, excuse))
		}
		for _, what := range slices.Sorted(maps.Keys(row.Unsaid)) {
			list = append(list, fmt.Sprintf("%s, %s: does not say %s (%d×)", row.ID, row.Variant, what, row.Unsaid[what]))
		}
		for _, alarm := range slices.Sorted(maps.Keys(row.Alarms)) {
			list = append(list, fmt.Sprintf("false alarm in %s, %s: %s (%d×)", row.ID, row.Variant, alarm, row.Alarms[alarm]))
		}
		if row.Variant == scenario.Fixed && row.Expected != nothing && row.RightRuns < row.Runs {
			list = append(list, fmt.Sprintf("%s, cured: %s is found in %d of %d runs", row.ID, row.Expected, row.RightRuns, row.Runs))
		}
		for _, claim := range slices.Sorted(maps.Keys(row.Beside)) {
			list = append(list, fmt.Sprintf("true besides in %s, %s: %s (%d×)", row.ID, row.Variant, claim, row.Beside[claim]))
		}
		if share, ok := row.ofCap(); ok && share < leastOfCap && row.Loose != "" {
			list = append(list, fmt.Sprintf("%s: its cure saved %s of what is said to be an upper bound; %s", row.ID, percent(share), row.Loose))
		}
		if row.Variant == scenario.Slow && row.Doubt != "" && (row.RightRuns < row.Runs || row.PlaceRuns < row.KindRuns) {
			list = append(list, fmt.Sprintf("%s, %s: %s", row.ID, row.Variant, row.Doubt))
		}
	}
	return list
}

// savings are what was measured and what is claimed; 0 stands for nothing.
func (r Row) savings() (measured, claimed int64) {
	if r.MeasuredUS != nil {
		measured = *r.MeasuredUS
	}
	if r.PredictedUS != nil {
		claimed = *r.PredictedUS
	}
	return measured, claimed
}

func bullets(list []string) string {
	if len(list) == 0 {
		return ""
	}
	return "- " + strings.Join(list, "\n- ") + "\n"
}
