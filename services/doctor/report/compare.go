package report

import (
	"fmt"
	"io"
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

func headings(what Part) []string {
	return []string{string(what), "count", "time", "share of the path", "on the path"}
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
