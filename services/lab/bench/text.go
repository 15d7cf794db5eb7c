package bench

import (
	"fmt"
	"slices"
	"strings"
	"text/tabwriter"

	"spanwise/doctor/report"
)

// String returns the result as tables for a terminal: what is compared with a target, with its notes, and then the medians of what
// that was computed from.
func (r Result) String() string {
	var b strings.Builder
	title := r.Part
	if i := slices.IndexFunc(Parts, func(p Part) bool { return p.Name == r.Part }); i >= 0 {
		title = Parts[i].Title
	}
	fmt.Fprintf(&b, "%s\n%s, at commit %s, in %d s (size: %s)\n", title, r.Machine, r.Commit, r.Seconds, r.Size)
	r.Figures.alone(&b)
	r.Figures.medians(&b)
	return b.String()
}

// columns returns a writer of aligned columns.
func columns(b *strings.Builder) *tabwriter.Writer { return tabwriter.NewWriter(b, 0, 0, 2, ' ', 0) }

// alone writes the figures that stand alone, one to a row, and then their notes.
func (f Figures) alone(b *strings.Builder) {
	w := columns(b)
	var notes []string
	head := "\nwhat\ttarget\tmedian\tlowest to highest\tof\n"
	for _, one := range f {
		if one.Column != "" {
			continue
		}
		median := value(one)
		if one.missed() {
			median += " MISSED"
		}
		fmt.Fprintf(w, "%s%s\t%s\t%s\t%s\t%d\n", head, one.Name, one.Target, median, spread(one), one.N)
		head = ""
		if one.Note != "" {
			notes = append(notes, report.Wrap(one.Name+": "+one.Note, 100))
		}
	}
	w.Flush()
	for _, note := range notes {
		fmt.Fprintf(b, "  %s\n", strings.ReplaceAll(note, "\n", "\n    "))
	}
}

// medians writes the figures that have columns, each name in a row of its own.
func (f Figures) medians(b *strings.Builder) {
	rows, heads, cells := crossed(f)
	if len(rows) == 0 {
		return
	}
	w := columns(b)
	fmt.Fprintf(w, "\nmedian\t%s\n", strings.Join(heads, "\t"))
	for _, row := range rows {
		fmt.Fprint(w, row)
		for _, head := range heads {
			text := ""
			if one, ok := cells[[2]string{row, head}]; ok {
				text = value(one)
			}
			fmt.Fprintf(w, "\t%s", text)
		}
		fmt.Fprintln(w)
	}
	w.Flush()
}
