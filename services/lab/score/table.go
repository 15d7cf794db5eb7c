package score

import (
	"fmt"
	"io"
	"slices"
	"strings"
	"text/tabwriter"
	"time"

	"spanwise/lab/scenario"
)

// Text prints the result for a person at a terminal.
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

// Markdown writes the result as a table that can be pasted into a README.
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

// runs says how often each was played.
func (r Result) runs() string {
	if r.Runs < enough && slices.ContainsFunc(r.Rows, func(row Row) bool { return row.Runs >= enough }) {
		return fmt.Sprintf("%d runs of each, and %d of what then was not as it should be", r.Runs, enough)
	}
	return fmt.Sprintf("%d runs of each", r.Runs)
}

// legend says how to read the table.
const legend = "*found* counts the runs whose first finding is of the expected kind and can be understood, *place*, of those of the expected kind, the ones that name the right place, " +
	"*asked* those in which one trace could not tell and others were given: whatever else ran at that moment, and the same request a dozen times when nothing was wrong. *predicted* is what the doctor says the cure saves, *up to* an upper bound; " +
	"*measured*, the median of the slow request less that of the cured one or, where there is no cure, of the one without the fault; *error* is how far the two medians are apart or, of a bound, how much of it was saved. *quiet* counts the runs of the cured request without a false alarm."

var header = []string{"scenario", "expected", "found", "place", "asked", "predicted", "measured", "error", "quiet"}

// table has a line for each scenario in which something is wrong, and one for all of each kind in which nothing is.
func (r Result) table() (lines [][]string) {
	for i, row := range r.Rows {
		if row.Variant == scenario.Slow {
			lines = append(lines, row.cells(r.Rows[i+1]))
		}
	}
	for _, name := range []string{scenario.NearMiss, scenario.Well} {
		var scenarios, runs, right, asked int
		for _, row := range r.Rows {
			if row.Variant == name {
				scenarios, runs, right, asked = scenarios+1, runs+row.Runs, right+row.RightRuns, asked+row.AskedRuns
			}
		}
		if scenarios > 0 {
			lines = append(lines, []string{fmt.Sprintf("%s (%d)", name, scenarios), nothing, "–", "–", fmt.Sprint(asked), "–", "–", "–", of(right, runs)})
		}
	}
	return lines
}

// cells are the line of a slow request; fixed is the row of its counterpart.
func (r Row) cells(fixed Row) []string {
	expected := r.Expected
	if r.Mention {
		expected += " (mentioned)"
	}
	found := of(r.RightRuns, r.Runs)
	if r.Found != r.Expected && !r.Mention {
		found += " (" + r.Found + ")"
	}
	predicted, off := micros(r.PredictedUS), "–"
	if r.Cap && r.PredictedUS != nil {
		predicted = "up to " + predicted
	}
	if e, ok := r.Error(); ok {
		off = percent(e)
	}
	if share, ok := r.ofCap(); ok {
		off = percent(share) + " of it"
	}
	return []string{r.ID, expected, found, of(r.PlaceRuns, r.KindRuns), fmt.Sprint(r.AskedRuns),
		predicted, micros(r.MeasuredUS), off, of(fixed.Runs-fixed.loud(), fixed.Runs)}
}

// loud is how many runs had a false alarm, at most.
func (r Row) loud() (n int) {
	for _, alarms := range r.Alarms {
		n += alarms
	}
	return min(n, r.Runs)
}

func of(n, all int) string { return fmt.Sprintf("%d/%d", n, all) }

// micros is Micros, or a dash where there is no figure.
func micros(us *int64) string {
	if us == nil {
		return "–"
	}
	return Micros(*us)
}

// Micros writes µs as a person says it.
func Micros(us int64) string {
	d := time.Duration(us) * time.Microsecond
	switch {
	case d.Abs() >= time.Second:
		return fmt.Sprintf("%.2f s", d.Seconds())
	case d.Abs() >= 100*time.Millisecond:
		return fmt.Sprintf("%d ms", d.Milliseconds())
	}
	if d.Abs() < 10*time.Millisecond {
		return fmt.Sprintf("%.2f ms", float64(us)/1000)
	}
	return fmt.Sprintf("%.1f ms", float64(us)/1000)
}

func percent(share float64) string { return fmt.Sprintf("%.0f %%", share*100) }
