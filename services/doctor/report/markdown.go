package report

import (
	"fmt"
	"io"
	"strings"
)

// A markdown is a report being written, for the summary of a CI run.
type markdown struct {
	strings.Builder
	Look
}

// Markdown writes the report on one trace, with its waterfall folded away, or the ranking of several. Of look, only All matters.
func Markdown(out io.Writer, cases []Case, look Look) error {
	m := &markdown{Look: look}
	if len(cases) == 1 {
		m.report(cases[0])
	} else {
		m.ranking(newRankingView(cases, look))
	}
	_, err := io.WriteString(out, m.String())
	return err
}

func (m *markdown) line(format string, args ...any) { fmt.Fprintf(m, format+"\n", args...) }

func (m *markdown) report(c Case) {
	v := newCaseView(c)
	m.line("### %s: %s\n\n%s", escape(v.Name), v.Duration, escape(v.Verdict))
	var rows [][]string
	for _, f := range v.Findings {
		rows = append(rows, []string{fmt.Sprint(f.N), escape(f.Title), escape(f.Cost), markdownProse(f.Why), markdownProse(f.Fix)})
	}
	m.table("---", []string{"#", "finding", "cost", "why", "fix"}, rows)
	for _, g := range v.Folded {
		if !m.All {
			m.line("\n%s: %s (see -all).", g.Title, g.Kinds)
			continue
		}
		m.line("\n%s:\n", g.Title)
		for _, f := range g.Findings {
			m.line("- %s, %s: %s", escape(f.Title), escape(f.Cost), markdownProse(f.Why))
		}
	}
	m.notes("Gate: ", v.Violations)
	m.notes("Note: ", v.Notes)
	p := newPage(Look{Width: 100})
	p.waterfall(newWaterfall(c, maxRows))
	m.line("\n<details><summary>Waterfall of %s</summary>\n\n%s\n</details>", escape(v.Size), fence(p.String()))
}

func (m *markdown) ranking(v rankingView) {
	m.line("### %s: %s\n\n%s", v.Size, escape(v.Summary), v.Headline)
	var rows [][]string
	for _, c := range v.Causes {
		rows = append(rows, []string{fmt.Sprint(c.N), escape(c.Title), escape(c.Cost), escape(c.Worst), markdownProse(c.Fix)})
	}
	m.table("---", []string{"#", "cause", "cost", "worst trace", "fix"}, rows)
	for _, text := range []string{v.Rest, v.Ignored} {
		if text != "" {
			m.line("\n%s", text)
		}
	}
	m.notes("Gate: ", v.Violations)
}

// Markdown writes the comparison as tables.
func (c Comparison) Markdown(out io.Writer) error {
	m := &markdown{}
	m.line("### %s → %s\n", c.A.DurationUS.String(), c.B.DurationUS.String())
	m.line("A: %s. B: %s (%s).", escape(c.A.text()), escape(c.B.text()), c.change())
	for _, t := range c.tables() {
		for _, r := range t.Rows {
			r[0] = escape(r[0])
		}
		m.table("---:", t.Heading, t.Rows)
		if t.Rest != "" {
			m.line("\n%s", t.Rest)
		}
	}
	_, err := io.WriteString(out, m.String())
	return err
}

// table writes a table of cells that are Markdown already; columns says how those after the first are aligned.
func (m *markdown) table(columns string, heading []string, rows [][]string) {
	if len(rows) == 0 {
		return
	}
	m.line("\n| %s |\n| ---%s |", strings.Join(heading, " | "), strings.Repeat(" | "+columns, len(heading)-1))
	for _, r := range rows {
		m.line("| %s |", strings.Join(r, " | "))
	}
}

func (m *markdown) notes(label string, notes []string) {
	for _, n := range m.noteLines(notes) {
		m.line("\n%s%s", label, escape(n))
	}
}

// escape makes text stand for itself in Markdown, whatever it contains.
func escape(s string) string { return markdownEscaper.Replace(printable(s)) }

var markdownEscaper = strings.NewReplacer(`\`, `\\`, "`", "\\`", "*", `\*`, "_", `\_`, "[", `\[`, "]", `\]`, "|", `\|`,
	"<", "&lt;", ">", "&gt;", "&", "&amp;", "#", `\#`, "!", `\!`, "~", `\~`, "@", "&#64;")

// markdownProse is a finding's text, with its quotes as code.
func markdownProse(s string) string {
	var b strings.Builder
	for _, r := range prose(s) {
		if r.Code {
			b.WriteString("<code>" + escape(r.Text) + "</code>")
		} else {
			b.WriteString(escape(r.Text))
		}
	}
	return b.String()
}

// fence puts text into a code block that it cannot close.
func fence(s string) string {
	mark := "```"
	for strings.Contains(s, mark) {
		mark += "`"
	}
	return mark + "text\n" + strings.TrimRight(s, "\n") + "\n" + mark + "\n"
}
