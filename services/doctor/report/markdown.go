package report

import (
	"fmt"
	"io"
	"strings"

	"spanwise/doctor"
)

// Markdown writes the verdict for the summary of a CI run: findings as a table, the waterfall folded away. Of look, All counts.
func Markdown(out io.Writer, cases []Case, look Look) error {
	var b strings.Builder
	if len(cases) == 1 {
		look.markdownCase(&b, cases[0])
	} else {
		look.markdownRanking(&b, cases)
	}
	_, err := io.WriteString(out, b.String())
	return err
}

func (l Look) markdownCase(b *strings.Builder, c Case) {
	r := c.Report
	fmt.Fprintf(b, "### %s: %s\n\n%s\n", escape(name(r.Root.Service, r.Root.Operation)), human(r.Root.DurationUS), escape(verdict(r)))
	if len(r.Findings) > 0 {
		b.WriteString("\n| | finding | cost | why | fix |\n| --- | --- | --- | --- | --- |\n")
	}
	for i, f := range r.Findings[:min(len(r.Findings), Shown)] {
		fmt.Fprintf(b, "| %d | %s | %s | %s | %s |\n", i+1, escape(Where(f)), escape(weight(f, r.Root.DurationUS)), markdownProse(f.Because), markdownProse(f.Fix))
	}
	if rest := r.Findings[min(len(r.Findings), Shown):]; len(rest) > 0 {
		l.markdownFolded(b, fmt.Sprintf("And %s that save less", plural(len(rest), "finding")), rest, r.Root.DurationUS)
	}
	if len(r.AlsoSeen) > 0 {
		l.markdownFolded(b, "Also seen, with less to gain", r.AlsoSeen, r.Root.DurationUS)
	}
	l.markdownNotes(b, "Gate: ", c.Forbidden)
	l.markdownNotes(b, "Note: ", r.Notes)
	p := newPage(Look{Width: 100})
	p.waterfall(newWaterfall(c, maxRows))
	fmt.Fprintf(b, "\n<details><summary>Waterfall of %s</summary>\n\n%s\n</details>\n", escape(size(c)), fence(p.String()))
}

// markdownFolded names findings in a line, or lists them with their savings and reasons.
func (l Look) markdownFolded(b *strings.Builder, what string, findings []doctor.Finding, total int64) {
	if !l.All {
		fmt.Fprintf(b, "\n%s: %s (see -all).\n", what, kinds(findings))
		return
	}
	fmt.Fprintf(b, "\n%s:\n\n", what)
	for _, f := range findings {
		fmt.Fprintf(b, "- %s, %s: %s\n", escape(Where(f)), escape(weight(f, total)), markdownProse(f.Because))
	}
}

func (l Look) markdownNotes(b *strings.Builder, label string, notes []string) {
	few, rest := fewNotes(notes, l.All)
	for _, n := range few {
		fmt.Fprintf(b, "\n%s%s\n", label, escape(n))
	}
	if rest > 0 {
		fmt.Fprintf(b, "\n%s%s\n", label, escape(moreNotes(rest)))
	}
}

func (l Look) markdownRanking(b *strings.Builder, cases []Case) {
	total, middle, slowest := spread(cases)
	fmt.Fprintf(b, "### %s: median %s, slowest %s\n\n", plural(len(cases), "trace"), human(middle), human(slowest.Report.Root.DurationUS))
	all := causes(cases)
	if len(all) == 0 {
		b.WriteString("Nothing to fix in any of them.\n")
	} else {
		b.WriteString("| | cause | time in all traces | traces | worst trace | fix |\n| --- | --- | --- | --- | --- | --- |\n")
	}
	for i, c := range all[:l.upTo(maxCauses, len(all))] {
		fmt.Fprintf(b, "| %d | %s | %s (%s) | %d | %s | %s |\n", i+1, escape(Where(c.Finding)), human(c.cost), percent(share(c.cost, total)), c.traces, escape(c.worst), markdownProse(c.Fix))
	}
	l.markdownNotes(b, "Gate: ", forbidden(cases))
}

// escape makes text mean itself in Markdown, whoever chose it.
func escape(s string) string { return markdownEscaper.Replace(printable(s)) }

var markdownEscaper = strings.NewReplacer(`\`, `\\`, "`", "\\`", "*", `\*`, "_", `\_`, "[", `\[`, "]", `\]`, "|", `\|`, "<", "&lt;", ">", "&gt;", "&", "&amp;", "#", `\#`, "!", `\!`, "~", `\~`, "@", "&#64;")

// markdownProse is a finding's text, with what it quotes as code.
func markdownProse(s string) string {
	var b strings.Builder
	for _, p := range prose(s) {
		if p.Code {
			b.WriteString("<code>" + escape(p.Text) + "</code>")
		} else {
			b.WriteString(escape(p.Text))
		}
	}
	return b.String()
}

// fence puts text into a code block that it cannot leave.
func fence(s string) string {
	mark := "```"
	for strings.Contains(s, mark) {
		mark += "`"
	}
	return mark + "text\n" + strings.TrimRight(s, "\n") + "\n" + mark + "\n"
}
