package report

import (
	"fmt"
	"strconv"
	"strings"
)

// changed says by how much b is more than a.
func changed(a, b int64) string {
	text := more(b - a)
	if a > 0 && a != b {
		text += fmt.Sprintf(", %+.0f %%", float64(b-a)/float64(a)*100)
	}
	return strings.ReplaceAll(text, "-", "−")
}

func more(us int64) string {
	switch {
	case us > 0:
		return "+" + human(us)
	case us < 0:
		return "−" + human(-us)
	}
	return "±0"
}

// rows are the parts of one sort that differ noticeably, as cells, and how many more there are.
func (c Comparison) rows(what Part) (rows [][]string, rest int) {
	for _, d := range c.Differences {
		if d.What != what || d.same() {
			continue
		}
		if len(rows) == mostRows {
			rest++
			continue
		}
		rows = append(rows, []string{
			d.name(),
			pair(times(d.A.Count), times(d.B.Count)),
			pair(d.A.time(), d.B.time()),
			pair(d.A.share(), d.B.share()),
			more(d.pathUS()),
		})
	}
	return rows, rest
}

// same reports whether two measures differ too little to speak of: by less than 1 % and the same count.
func (d Difference) same() bool {
	return d.A.Count == d.B.Count && nearly(d.A.DurationUS, d.B.DurationUS) && nearly(d.A.CriticalPathUS, d.B.CriticalPathUS)
}

func nearly(a, b int64) bool { return abs(a-b)*100 <= max(a, b) }

func (c Comparison) same() bool {
	for _, d := range c.Differences {
		if !d.same() {
			return false
		}
	}
	return true
}

func (d Difference) name() string {
	switch d.What {
	case Edge:
		return printable(d.Service) + " → " + printable(d.Callee)
	case Operation:
		return name(d.Service, d.Operation)
	}
	if d.Service == "" {
		return "(no service)"
	}
	return printable(d.Service)
}

// time and share say nothing of what does not occur.
func (m Measure) time() string {
	if m.Count == 0 {
		return "–"
	}
	return human(m.DurationUS)
}

func (m Measure) share() string {
	if m.Count == 0 {
		return "–"
	}
	return percent(m.CriticalPathShare)
}

func times(n float64) string { return strconv.FormatFloat(n, 'f', -1, 64) }

func pair(a, b string) string {
	if a == b {
		return a
	}
	return a + " → " + b
}
