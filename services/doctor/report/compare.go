package report

import (
	"fmt"
	"io"
	"strconv"
	"strings"
)

// JSON writes the comparison as one object.
func (c Comparison) JSON(out io.Writer) error { return encode(out, c) }

// mostRows is how many differences of one sort a text report shows.
const mostRows = 12

// Terminal prints the comparison as tables, one for each sort of part.
func (c Comparison) Terminal(out io.Writer, look Look) error {
	p := newPage(look)
	p.side("A", c.A, "")
	p.side("B", c.B, "   "+changed(c.A.DurationUS, c.B.DurationUS))
	for _, what := range parts {
		rows, rest := c.rows(what)
		if len(rows) == 0 {
			continue
		}
		p.line("")
		p.table(append([][]string{headings(what)}, rows...))
		if rest > 0 {
			p.line("%s", p.paint(dim, fmt.Sprintf("… %d more that differ less", rest)))
		}
	}
	if len(c.Differences) == 0 || c.same() {
		p.line("")
		p.paragraph(plain, "", "No difference worth a line.")
	}
	if b := words([]string{c.B.Name}); b != "" {
		p.line("")
		p.next([]step{{p.command(b), "what is left to fix"}})
	}
	return p.flush(out)
}

func (p *page) side(letter string, s Summary, change string) {
	p.line("%s  %s, %s%s%s", p.paint(bold, letter), printable(s.Name), plural(s.Traces, "trace"), average(s), p.paint(bold, change))
}

func average(s Summary) string {
	if s.Traces == 1 {
		return ", " + human(s.DurationUS)
	}
	return ", " + human(s.DurationUS) + " on average"
}

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

func headings(what Part) []string {
	return []string{string(what), "count", "time", "share of the path", "change"}
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

// table prints cells in columns, the first flush left and as wide as there is room. The first row is the heading.
// Where a line is too short for all, the first cell gets a line of its own.
func (p *page) table(rows [][]string) {
	widths := make([]int, len(rows[0]))
	for _, r := range rows {
		for i, cell := range r {
			widths[i] = max(widths[i], width(cell))
		}
	}
	figures := 0
	for _, w := range widths[1:] {
		figures += w + 2
	}
	first := min(widths[0], p.Width-figures)
	narrow := first < min(widths[0], 24)
	for i, r := range rows {
		style := plain
		if i == 0 {
			style = dim
		}
		line := pad(squeeze(r[0], max(first, 0)), first)
		if narrow {
			p.line("%s", p.paint(style, squeeze(r[0], p.Width)))
			line = ""
		}
		for j, cell := range r[1:] {
			line += "  " + padLeft(cell, widths[j+1])
		}
		p.line("%s", p.paint(style, line))
	}
}

// Markdown writes the comparison as tables.
func (c Comparison) Markdown(out io.Writer) error {
	var b strings.Builder
	fmt.Fprintf(&b, "### %s → %s\n\n", human(c.A.DurationUS), human(c.B.DurationUS))
	fmt.Fprintf(&b, "A: %s, %s%s. B: %s, %s%s (%s).\n", escape(c.A.Name), plural(c.A.Traces, "trace"), average(c.A),
		escape(c.B.Name), plural(c.B.Traces, "trace"), average(c.B), changed(c.A.DurationUS, c.B.DurationUS))
	for _, what := range parts {
		rows, rest := c.rows(what)
		if len(rows) == 0 {
			continue
		}
		fmt.Fprintf(&b, "\n| %s |\n| --- | ---: | ---: | ---: | ---: |\n", strings.Join(headings(what), " | "))
		for _, r := range rows {
			r[0] = escape(r[0])
			fmt.Fprintf(&b, "| %s |\n", strings.Join(r, " | "))
		}
		if rest > 0 {
			fmt.Fprintf(&b, "\n%d more differ less.\n", rest)
		}
	}
	_, err := io.WriteString(out, b.String())
	return err
}
