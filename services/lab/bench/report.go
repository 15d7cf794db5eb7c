package bench

import (
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"

	"github.com/dustin/go-humanize"
)

// Markdown returns the results as tables in which missed targets are marked: first, for each part, what is compared with a target,
// and then what that was computed from. plot is the address of the picture of the part lines, or "".
func Markdown(results Results, plot string) string {
	var b strings.Builder
	if missed := results.Missed(); len(missed) > 0 {
		fmt.Fprintf(&b, "Missed targets: %d, marked below.\n", len(missed))
	}
	for _, r := range results {
		i := slices.IndexFunc(Parts, func(p Part) bool { return p.Name == r.Part })
		if i < 0 {
			continue // of an older version
		}
		fmt.Fprintf(&b, "\n## %s\n\n%s\n\n", Parts[i].Title, Parts[i].About)
		fmt.Fprintf(&b, "Measured on %s, at commit %s, in %d s (size: %s).\n", r.Machine, r.Commit, r.Seconds, r.Size)
		if r.Part == lines.Name && plot != "" {
			fmt.Fprintf(&b, "\n![Time, spans, and bytes of an N+1 and of its fix, by the number of lines](%s)\n", plot)
		}
		alone(&b, r.Figures)
		compared(&b, r.Figures)
	}
	return strings.TrimPrefix(b.String(), "\n")
}

// alone writes the figures that stand alone, one to a row.
func alone(b *strings.Builder, figures Figures) {
	head := "\n| what | target | median | lowest to highest | of |\n| --- | --- | --- | --- | --- |\n"
	for _, f := range figures {
		if f.Column != "" {
			continue
		}
		missed := ""
		if f.missed() {
			missed = " **missed**"
		}
		note := ""
		if f.Note != "" {
			note = " (" + f.Note + ")"
		}
		fmt.Fprintf(b, "%s| %s%s | %s | %s%s | %s | %d |\n", head, f.Name, note, f.Target, value(f), missed, spread(f), f.N)
		head = ""
	}
}

// compared writes the figures that have columns, each name in a row of its own.
func compared(b *strings.Builder, figures Figures) {
	rows, columns, cells := crossed(figures)
	if len(rows) == 0 {
		return
	}
	fmt.Fprintf(b, "\n| | %s |\n| ---%s |\n", strings.Join(columns, " | "), strings.Repeat(" | ---", len(columns)))
	for _, row := range rows {
		fmt.Fprintf(b, "| %s |", row)
		for _, column := range columns {
			text := ""
			if f, ok := cells[[2]string{row, column}]; ok {
				text = value(f)
				if s := spread(f); s != "" {
					text += " (" + s + ")"
				}
			}
			fmt.Fprintf(b, " %s |", text)
		}
		fmt.Fprintln(b)
	}
}

// crossed returns the figures that have columns, by row and column, and the names of both in their order.
func crossed(figures Figures) (rows, columns []string, cells map[[2]string]Figure) {
	cells = make(map[[2]string]Figure)
	for _, f := range figures {
		if f.Column == "" {
			continue
		}
		if !slices.Contains(rows, f.Name) {
			rows = append(rows, f.Name)
		}
		if !slices.Contains(columns, f.Column) {
			columns = append(columns, f.Column)
		}
		cells[[2]string{f.Name, f.Column}] = f
	}
	return rows, columns, cells
}

// spread returns the lowest and the highest measurement, or "" if they are the same.
func spread(f Figure) string {
	if f.Low == f.High {
		return ""
	}
	return number(f.Low) + " to " + number(f.High)
}

// value writes the median with its unit.
func value(f Figure) string {
	if f.N == 0 {
		return "not measured"
	}
	return amount(f.Value, f.Unit)
}

// amount writes a number with its unit.
func amount(v float64, unit string) string {
	if unit == "×" {
		return number(v) + unit
	}
	return strings.TrimSpace(number(v) + " " + unit)
}

// number formats large numbers with commas, and others with three significant digits.
func number(v float64) string {
	switch size := max(v, -v); {
	case size >= 100 || v == math.Trunc(v):
		return humanize.Comma(int64(math.Round(v)))
	case size >= 10:
		return strconv.FormatFloat(v, 'f', 1, 64)
	case size >= 0.1:
		return strconv.FormatFloat(v, 'f', 2, 64)
	}
	return strconv.FormatFloat(v, 'f', 3, 64)
}
