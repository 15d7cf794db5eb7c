package score

import (
	"fmt"
	"io"
	"slices"
	"strings"
	"text/tabwriter"

	"spanwise/doctor/trace"
	"spanwise/lab/scenario"
)

// Text writes the result for a terminal.
func Text(out io.Writer, r Result) error {
	w := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	fmt.Fprintln(w, strings.Join(header, "\t"))
	for _, line := range r.table() {
		fmt.Fprintln(w, strings.Join(line, "\t"))
	}
	if err := w.Flush(); err != nil {
		return err
	}
	_, err := fmt.Fprintf(out, "\n%s\n%s", strings.Join(r.summary(), "\n"), bullets(r.remarks()))
	return err
}

// Markdown writes the result as a section of a Markdown page.
func Markdown(out io.Writer, r Result) error {
	var b strings.Builder
	fmt.Fprintf(&b, "Measured on %s; %s.\n\n%s\n", r.Machine, r.runs(), bullets(r.summary()))
	fmt.Fprintf(&b, "| %s |\n|%s\n", strings.Join(header, " | "), strings.Repeat(" --- |", len(header)))
	for _, line := range r.table() {
		fmt.Fprintf(&b, "| %s |\n", strings.Join(line, " | "))
	}
	fmt.Fprintf(&b, "\n%s\n", legend)
	if list := bullets(r.remarks()); list != "" {
		b.WriteString("\n" + list)
	}
	_, err := io.WriteString(out, b.String())
	return err
}

// runs says how often each scenario was played.
func (r Result) runs() string {
	if r.Runs < enoughRuns && slices.ContainsFunc(r.Rows, func(row Row) bool { return row.Runs >= enoughRuns }) {
		return fmt.Sprintf("%d runs of each, and %d of those that failed in these", r.Runs, enoughRuns)
	}
	return fmt.Sprintf("%d runs of each", r.Runs)
}

// legend explains the columns.
const legend = "*found* counts the runs whose first finding has the expected kind and states the expected details; *place* counts, of the " +
	"runs with the expected kind, those that name the right place; *others* counts the runs in which one trace was not enough, so " +
	"that the doctor was given other traces: everything else that ran at the same time, and a dozen of the same request without " +
	"the slowdown. *predicted* is what the doctor says the fix saves, *up to* an upper bound; *measured* is the median duration of " +
	"the slow request minus that of the fixed one or, if there is no fix, of the one without the slowdown. *error* is the relative " +
	"difference between the two; for an upper bound, it is the part of it that was saved. *quiet* counts the runs of the fixed " +
	"request without a false alarm."

var header = []string{"scenario", "expected", "found", "place", "others", "predicted", "measured", "error", "quiet"}

// table has a line for each slowdown, one for all near misses, and one for all healthy requests.
func (r Result) table() (lines [][]string) {
	for i, row := range r.Rows {
		if row.Variant == scenario.Slow {
			lines = append(lines, row.cells(r.Rows[i+1]))
		}
	}
	for _, name := range []string{scenario.NearMiss, scenario.Healthy} {
		var scenarios, runs, right, others int
		for _, row := range r.Rows {
			if row.Variant == name {
				scenarios, runs, right, others = scenarios+1, runs+row.Runs, right+row.RightRuns, others+row.OthersRuns
			}
		}
		if scenarios > 0 {
			lines = append(lines, []string{fmt.Sprintf("%s (%d)", name, scenarios), nothing,
				"–", "–", fmt.Sprint(others), "–", "–", "–", of(right, runs)})
		}
	}
	return lines
}

// cells are the line of a slow request.
func (r Row) cells(baseline Row) []string {
	expected := r.Expected
	if r.Mention {
		expected += " (mentioned)"
	}
	found := of(r.RightRuns, r.Runs)
	if r.Found != r.Expected && !r.Mention {
		found += " (" + r.Found + ")"
	}
	predicted, wrong := micros(r.PredictedUS), "–"
	if r.UpperBound && r.PredictedUS != nil {
		predicted = "up to " + predicted
	}
	if e, ok := r.Error(); ok {
		wrong = percent(e)
	}
	if share, ok := r.shareOfBound(); ok {
		wrong = percent(share) + " of it"
	}
	return []string{r.ID, expected, found, of(r.PlaceRuns, r.KindRuns), fmt.Sprint(r.OthersRuns),
		predicted, micros(r.MeasuredUS), wrong, of(baseline.Runs-baseline.alarmedRuns(), baseline.Runs)}
}

// alarmedRuns is how many runs had a false alarm, at most.
func (r Row) alarmedRuns() (n int) {
	for _, alarms := range r.FalseAlarms {
		n += alarms
	}
	return min(n, r.Runs)
}

func of(n, all int) string { return fmt.Sprintf("%d/%d", n, all) }

// micros formats a duration, or a dash if there is none.
func micros(us *trace.Micros) string {
	if us == nil {
		return "–"
	}
	return us.String()
}

func percent(share float64) string { return fmt.Sprintf("%.0f %%", share*100) }
