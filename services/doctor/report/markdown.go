package report

import (
	"fmt"
	"io"
	"strings"
)

// Markdown writes the verdict for the summary of a CI run: findings as a table, the waterfall folded away.
func Markdown(out io.Writer, cases []Case) error {
	var b strings.Builder
	if len(cases) == 1 {
		markdownCase(&b, cases[0])
	} else {
		markdownRanking(&b, cases)
	}
	_, err := io.WriteString(out, b.String())
	return err
}

func markdownCase(b *strings.Builder, c Case) {
	r := c.Report
	fmt.Fprintf(b, "### %s: %s\n\n%s\n", escape(name(r.Root.Service, r.Root.Operation)), human(r.Root.DurationUS), escape(verdict(r)))
	if len(r.Findings) > 0 {
		b.WriteString("\n| | finding | cost | why | fix |\n| --- | --- | --- | --- | --- |\n")
	}
	for i, f := range r.Findings[:min(len(r.Findings), Shown)] {
		fmt.Fprintf(b, "| %d | %s | %s | %s | %s |\n", i+1, escape(Where(f)), escape(weight(f, r.Root.DurationUS)), markdownProse(f.Because), markdownProse(f.Fix))
	}
	if rest := r.Findings[min(len(r.Findings), Shown):]; len(rest) > 0 {
		fmt.Fprintf(b, "\nAnd %s that save less: %s.\n", plural(len(rest), "finding"), kinds(rest))
	}
	markdownNotes(b, r.Notes)
	p := newPage(Look{Width: 100})
	p.waterfall(newWaterfall(c, maxRows))
	fmt.Fprintf(b, "\n<details><summary>Waterfall of %s</summary>\n\n%s\n</details>\n", escape(size(c)), fence(p.String()))
}

func markdownNotes(b *strings.Builder, notes []string) {
	few, rest := fewNotes(notes)
	for _, n := range few {
		fmt.Fprintf(b, "\nNote: %s\n", escape(n))
	}
	if rest > 0 {
		fmt.Fprintf(b, "\nNote: %s\n", escape(moreNotes(rest)))
	}
}

func markdownRanking(b *strings.Builder, cases []Case) {
	total, middle, slowest := spread(cases)
	fmt.Fprintf(b, "### %s: median %s, slowest %s\n\n", plural(len(cases), "trace"), human(middle), human(slowest.Report.Root.DurationUS))
	all := causes(cases)
	if len(all) == 0 {
		b.WriteString("Nothing to fix in any of them.\n")
		return
	}
	b.WriteString("| | cause | time in all traces | traces | worst trace | fix |\n| --- | --- | --- | --- | --- | --- |\n")
	for i, c := range all[:min(len(all), maxCauses)] {
		fmt.Fprintf(b, "| %d | %s | %s (%s) | %d | %s | %s |\n", i+1, escape(Where(c.Finding)), human(c.cost), percent(share(c.cost, total)), c.traces, escape(c.worst), markdownProse(c.Fix))
	}
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
