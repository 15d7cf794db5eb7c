package report

import (
	"cmp"
	"fmt"
	"io"
	"strings"

	"spanwise/doctor"
)

// maxRows is how many rows of a waterfall a person can still take in.
const maxRows = 60

// Terminal prints the waterfall, the findings and what to do next.
func Terminal(out io.Writer, c Case, look Look) error {
	p, v := newPage(look), newCaseView(c)
	p.title(v)
	p.waterfall(newWaterfall(c, cmp.Or(look.Rows, maxRows)))
	p.findings(v)
	p.notes("Gate: ", v.Violations)
	p.notes("Note: ", v.Notes)
	p.steps(look.afterReport(c.Report))
	return p.flush(out)
}

// Waterfall prints only the request and its waterfall, for callers that print several together.
func Waterfall(out io.Writer, c Case, look Look) error {
	p := newPage(look)
	p.title(newCaseView(c))
	p.waterfall(newWaterfall(c, cmp.Or(look.Rows, maxRows)))
	return p.flush(out)
}

// Findings prints only the verdict, the findings and the notes.
func Findings(out io.Writer, c Case, look Look) error {
	p, v := newPage(look), newCaseView(c)
	p.findings(v)
	p.notes("Note: ", v.Notes)
	return p.flush(out)
}

func (p *page) title(v caseView) {
	if width(v.Name)+2+width(v.Duration) <= p.Width {
		p.line("%s  %s", p.paint(bold, v.Name), p.paint(bold, v.Duration))
	} else {
		p.paragraph(bold, "", p.shorten(v.Name)+", "+v.Duration)
	}
	p.block(dim, v.Size)
}

func (p *page) findings(v caseView) {
	p.block(bold, v.Verdict)
	for _, f := range v.Findings {
		p.item(bold, fmt.Sprintf("%d. ", f.N), f, field{"Why", f.Why}, field{"Fix", f.Fix}, field{"Unless", f.Unless})
	}
	for _, g := range v.Folded {
		if !p.All {
			p.block(plain, g.Title+": "+g.Kinds+" ("+p.more()+").")
			continue
		}
		p.block(plain, g.Title+":")
		for _, f := range g.Findings {
			p.item(plain, "- ", f, field{"Why", f.Why})
		}
	}
}

// A field is a labelled paragraph of a finding.
type field struct{ label, text string }

// item prints a finding of a list.
func (p *page) item(style, bullet string, f findingView, fields ...field) {
	indent := strings.Repeat(" ", width(bullet))
	p.paragraph(style, bullet, p.shorten(f.Title))
	p.paragraph(plain, indent, f.Cost)
	for _, field := range fields {
		p.paragraph(plain, indent+pad(field.label, 8), field.text)
	}
	p.line("")
}

// notes prints what could not be read, was repaired or is assumed, or what a gate forbids.
func (p *page) notes(label string, notes []string) {
	for _, n := range p.noteLines(notes) {
		p.paragraph(plain, label, n)
	}
	if len(notes) > 0 {
		p.line("")
	}
}

// Ranking prints what cost most in many traces together.
func Ranking(out io.Writer, cases []Case, look Look) error {
	p, v := newPage(look), newRankingView(cases, look)
	p.line("%s", p.paint(bold, v.Size))
	if len(cases) == 0 {
		return p.flush(out)
	}
	p.block(dim, v.Summary)
	p.block(plain, v.Headline)
	for _, c := range v.Causes {
		p.item(bold, fmt.Sprintf("%d. ", c.N), c.findingView, field{"Worst", "trace " + c.Worst + ": " + c.Why}, field{"Fix", c.Fix})
	}
	for _, text := range []string{v.Rest, v.Ignored} {
		if text != "" {
			p.block(plain, text)
		}
	}
	p.notes("Gate: ", v.Violations)
	p.notes("Note: ", v.Notes)
	p.steps(look.afterRanking(cases))
	return p.flush(out)
}

// Terminal prints the comparison as tables, one for each sort of part.
func (c Comparison) Terminal(out io.Writer, look Look) error {
	p := newPage(look)
	p.line("%s  %s", p.paint(bold, "A"), c.A.text())
	p.line("%s  %s   %s", p.paint(bold, "B"), c.B.text(), p.paint(bold, c.change()))
	tables := c.tables()
	for _, t := range tables {
		p.line("")
		p.table(append([][]string{t.Heading}, t.Rows...))
		if t.Rest != "" {
			p.line("%s", p.paint(dim, t.Rest))
		}
	}
	if len(tables) == 0 {
		p.line("")
		p.paragraph(plain, "", "No significant differences.")
	}
	if b := shellWords([]string{c.B.Name}); b != "" {
		p.line("")
		p.steps([]step{{p.command(b), "what is left to fix"}})
	}
	return p.flush(out)
}

// Explain prints one kind of finding: the rule, how its saving is computed, what can mislead it, and an example.
func Explain(out io.Writer, k doctor.KindInfo, look Look) error {
	p := newPage(look)
	p.line("%s", p.paint(bold, string(k.Kind)))
	p.paragraph(plain, "", k.Title)
	for par := range strings.SplitSeq(strings.TrimSpace(k.Doc), "\n\n") {
		p.line("")
		p.paragraph(plain, "", par)
	}
	if k.Example != "" {
		p.line("")
		p.block(plain, exampleLegend)
		for l := range strings.SplitSeq(strings.Trim(k.Example, "\n"), "\n") {
			p.line("  %s", l)
		}
	}
	p.line("")
	p.steps([]step{{p.program() + " -fail-on " + string(k.Kind) + " trace.json", "fail a build on this kind of finding"}})
	return p.flush(out)
}

const exampleLegend = "An example: Each line is a span: its service, its name, and in brackets its kind, start and duration. " +
	"x12 +8ms means 12 such spans, each starting 8 ms after the previous one:"

// Kinds lists what the doctor can find, with a line on each.
func Kinds(out io.Writer, kinds []doctor.KindInfo, look Look) error {
	p := newPage(look)
	widest := 0
	for _, k := range kinds {
		widest = max(widest, width(string(k.Kind)))
	}
	for _, k := range kinds {
		p.paragraph(plain, pad(string(k.Kind), widest)+"  ", k.Title)
	}
	p.line("")
	if len(kinds) > 0 {
		p.steps([]step{{p.program() + " explain " + string(kinds[0].Kind), ""}})
	}
	return p.flush(out)
}
