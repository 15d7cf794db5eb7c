package report

import (
	"fmt"
	"strconv"
	"strings"

	"spanwise/doctor/trace"
)

// A table is the differences of one part, in words.
type table struct {
	Heading []string
	Rows    [][]string
	Rest    string // counts the rows that are left out; empty if none are
}

// maxTableRows is how many rows a table for people has.
const maxTableRows = 12

// tables are the parts that differ noticeably, a table for each sort that has any.
func (c Comparison) tables() []table {
	var all []table
	for _, what := range partOrder {
		t := table{Heading: []string{string(what), "count", "time", "path share", "path change"}}
		for _, d := range c.Differences {
			if d.What == what && !d.negligible() {
				row := []string{d.name()}
				a, b := d.A.cells(), d.B.cells()
				for i := range a {
					row = append(row, pair(a[i], b[i]))
				}
				t.Rows = append(t.Rows, append(row, signed(d.pathChange())))
			}
		}
		if rest := len(t.Rows) - maxTableRows; rest > 0 {
			t.Rows, t.Rest = t.Rows[:maxTableRows], fmt.Sprintf("… and %d more with smaller differences", rest)
		}
		if len(t.Rows) > 0 {
			all = append(all, t)
		}
	}
	return all
}

// change says how much longer side B takes.
func (c Comparison) change() string {
	a, b := c.A.DurationUS, c.B.DurationUS
	text := signed(b - a)
	if a > 0 && a != b {
		text += fmt.Sprintf(", %+.0f %%", float64(b-a)/float64(a)*100)
	}
	return strings.ReplaceAll(text, "-", "−")
}

func (s Summary) text() string {
	text := fmt.Sprintf("%s, %s, %s", printable(s.Name), plural(s.Traces, "trace"), s.DurationUS.String())
	if s.Traces != 1 {
		text += " on average"
	}
	return text
}

// negligible reports whether both sides have the same count and their times differ by less than 1 %.
func (d Difference) negligible() bool {
	close := func(a, b trace.Micros) bool { return abs(a-b)*100 <= max(a, b) }
	return d.A.Count == d.B.Count && close(d.A.DurationUS, d.B.DurationUS) && close(d.A.CriticalPathUS, d.B.CriticalPathUS)
}

func (d Difference) name() string {
	switch {
	case d.What == Edge:
		return printable(d.Service) + " → " + printable(d.Callee)
	case d.What == Operation:
		return name(d.Service, d.Operation)
	case d.Service == "":
		return "(no service)"
	}
	return printable(d.Service)
}

// cells are a table's count, time and share of the critical path.
func (s Stats) cells() [3]string {
	if s.Count == 0 {
		return [3]string{"0", "–", "–"}
	}
	return [3]string{strconv.FormatFloat(s.Count, 'f', -1, 64), s.DurationUS.String(), percent(s.CriticalPathShare)}
}

func pair(a, b string) string {
	if a == b {
		return a
	}
	return a + " → " + b
}

func signed(us trace.Micros) string {
	switch {
	case us > 0:
		return "+" + us.String()
	case us < 0:
		return "−" + (-us).String()
	}
	return "±0"
}
