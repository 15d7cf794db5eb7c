package score

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"

	"spanwise/doctor/trace"
	"spanwise/lab/scenario"
)

// summary explains the figures, and what each is of.
func (r Result) summary() []string {
	f, s := r.Findings, r.Savings
	return []string{
		fmt.Sprintf("Precision %.3f: %d of %d findings are what was planted, the other %d are false alarms; "+
			"%d more are true as well and not counted.",
			r.Precision, f.Planted, f.Planted+f.FalseAlarms, f.FalseAlarms, f.AlsoTrue),
		fmt.Sprintf("Recall %.3f, place accuracy %.3f. Of %d requests with nothing to find, %d had a false alarm.",
			r.Recall, r.PlaceAccuracy, r.Quiet.Played, r.Quiet.Alarmed),
		fmt.Sprintf("Structural savings: one trace is enough for %d, of which %d are predicted as a value, with a median error of %s.",
			s.Structural-s.NeedOtherTraces, s.ComparedAlone, percent(r.StructuralMedian)),
		fmt.Sprintf("The other %d of %d structural savings need other traces and are not in that median; %d of them are predicted as a value. "+
			"The worst error of all %d values is %s, and %s in a single run. %d structural savings are predicted as upper bounds.",
			s.NeedOtherTraces, s.Structural, s.Compared-s.ComparedAlone,
			s.Compared, percent(r.StructuralWorst), percent(s.WorstRunError), s.Bounded),
		fmt.Sprintf("Upper bounds: %d of %d held; the fixes saved %s to %s of them. "+
			"Of %d savings that are shared with other requests, %d are marked as upper bounds.",
			s.UpperBoundsHeld, s.UpperBounds, percent(s.LeastOfBound), percent(s.MostOfBound), s.Shared, s.MarkedAsShared),
	}
}

// remarks explain whatever in the table is not as expected.
func (r Result) remarks() (list []string) {
	for _, target := range r.Missed() {
		list = append(list, "missed: "+target)
	}
	for _, row := range r.Rows {
		list = append(list, row.remarks()...)
	}
	return list
}

func (r Row) remarks() (list []string) {
	about := r.ID + ", " + r.Variant
	remark := func(about, format string, args ...any) { list = append(list, about+": "+fmt.Sprintf(format, args...)) }
	each := func(counts map[string]int, format string) {
		for _, name := range slices.Sorted(maps.Keys(counts)) {
			remark(about, format, name, counts[name])
		}
	}
	if e, ok := r.Error(); ok && e > mostWorstError {
		remark(r.ID, "the predicted saving is off by %s", percent(e))
	}
	if r.Expected != nothing && r.PlaceRuns < r.KindRuns {
		remark(about, "the place was wrong in %d of %d runs", r.KindRuns-r.PlaceRuns, r.KindRuns)
	}
	if measured, predicted := value(r.MeasuredUS), value(r.PredictedUS); measured-predicted > r.DurationUS/2 {
		remark(r.ID, "%s of its %s disappear without the slowdown; the doctor predicted %s",
			measured, r.DurationUS, predicted)
	}
	if r.ControlSlowed {
		remark(r.ID, "a request at the same time was slower by %s; %s", *r.ControlSlowedByUS, cmp.Or(r.SlowsOthers, "no reason is known"))
	}
	for _, excuse := range r.UnusedExcuses {
		remark(about, "%s is listed as true as well, but was not found", excuse)
	}
	each(r.Unsaid, "does not say %s (%d×)")
	each(r.FalseAlarms, "false alarm %s (%d×)")
	if r.Variant == scenario.Fixed && r.Expected != nothing && r.RightRuns < r.Runs {
		remark(about, "%s is found in %d of %d runs", r.Expected, r.RightRuns, r.Runs)
	}
	each(r.AlsoTrue, "also true: %s (%d×)")
	if share, ok := r.shareOfBound(); ok && share < leastOfBound && r.LooseBound != "" {
		remark(r.ID, "the fix saved %s of the predicted upper bound; %s", percent(share), r.LooseBound)
	} else if ok && share > mostOfBound && r.LowBound != "" {
		remark(r.ID, "the fix saved %s of the predicted upper bound; %s", percent(share), r.LowBound)
	}
	if r.Variant == scenario.Slow && r.KnownWrong != "" && (r.RightRuns < r.Runs || r.PlaceRuns < r.KindRuns) {
		remark(about, "%s", r.KnownWrong)
	}
	return list
}

// value is a number, or 0 if there is none.
func value(us *trace.Micros) trace.Micros {
	if us == nil {
		return 0
	}
	return *us
}

func bullets(list []string) string {
	if len(list) == 0 {
		return ""
	}
	return "- " + strings.Join(list, "\n- ") + "\n"
}
