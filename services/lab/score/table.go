package score

import (
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"
	"text/tabwriter"
	"time"
)

// Text prints the result for a person at a terminal.
func Text(out io.Writer, r Result) error {
	w := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	fmt.Fprintln(w, strings.Join(header, "\t"))
	for _, row := range r.Rows {
		fmt.Fprintln(w, strings.Join(row.cells(), "\t"))
	}
	if err := w.Flush(); err != nil {
		return err
	}
	fmt.Fprintf(out, "\n%s\n%s", r.summary(), bullets(r.remarks()))
	return nil
}

// Markdown writes the result as a table that can be pasted into a README.
func Markdown(out io.Writer, r Result) error {
	var b strings.Builder
	fmt.Fprintf(&b, "Measured on %s; %d runs of each.\n\n| %s |\n|%s\n", r.Machine, r.Runs, strings.Join(header, " | "), strings.Repeat(" --- |", len(header)))
	for _, row := range r.Rows {
		fmt.Fprintf(&b, "| %s |\n", strings.Join(row.cells(), " | "))
	}
	fmt.Fprintf(&b, "\n%s.\n\n%s\n", r.summary(), legend)
	if list := bullets(r.remarks()); list != "" {
		b.WriteString("\n" + list)
	}
	_, err := io.WriteString(out, b.String())
	return err
}

// legend says how to read the table.
const legend = "*takes* is the median over all runs. *right* counts the runs whose first finding is of the expected kind, *place* those that also " +
	"name the right place. *predicted* is what the doctor says the fix saves; *measured*, the median of the slow request less that of the fixed one. " +
	"*up to* marks a prediction that is an upper bound only; it has no error."

var header = []string{"scenario", "variant", "takes", "expected", "found", "right", "place", "predicted", "measured", "error", "false alarms"}

func (r Row) cells() []string {
	expected := r.Expected
	if r.Mention {
		expected += " (mentioned)"
	}
	predicted := micros(r.PredictedUS)
	if r.Cap && r.PredictedUS != nil {
		predicted = "up to " + predicted
	}
	off := "–"
	if e, ok := r.Error(); ok {
		off = percent(e)
	}
	place, alarms := fmt.Sprintf("%d/%d", r.PlaceRuns, r.Runs), 0
	if r.Expected == "nothing" {
		place = "–"
	}
	for _, n := range r.Alarms {
		alarms += n
	}
	return []string{r.ID, r.Variant, micros(&r.DurationUS), expected, r.Found, fmt.Sprintf("%d/%d", r.RightRuns, r.Runs), place,
		predicted, micros(r.MeasuredUS), off, fmt.Sprint(alarms)}
}

func (r Result) summary() string {
	return fmt.Sprintf("precision %.3f, recall %.3f, place accuracy %.3f; structural savings are off by %s in the median and %s at worst",
		r.Precision, r.Recall, r.PlaceAccuracy, percent(r.StructuralMedian), percent(r.StructuralWorst))
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
		if row.Expected != "nothing" && row.PlaceRuns < row.RightRuns {
			list = append(list, fmt.Sprintf("%s: the place was wrong in %d of %d runs", row.ID, row.RightRuns-row.PlaceRuns, row.RightRuns))
		}
		for _, alarm := range slices.Sorted(maps.Keys(row.Alarms)) {
			list = append(list, fmt.Sprintf("false alarm in %s, %s: %s (%d×)", row.ID, row.Variant, alarm, row.Alarms[alarm]))
		}
		if row.RightRuns < row.Runs && row.Doubt != "" {
			list = append(list, fmt.Sprintf("%s, %s: %s", row.ID, row.Variant, row.Doubt))
		}
	}
	return list
}

func bullets(list []string) string {
	if len(list) == 0 {
		return ""
	}
	return "- " + strings.Join(list, "\n- ") + "\n"
}

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
