package report

import (
	"fmt"
	"strings"

	"spanwise/doctor"
)

// findings prints the verdict, then each finding with its evidence. What matters less is named, or listed if all is asked for.
func (p *page) findings(r doctor.Report) {
	p.paragraph(bold, "", verdict(r))
	p.line("")
	for i, f := range r.Findings[:min(len(r.Findings), Shown)] {
		p.finding(i+1, f, r.Root.DurationUS)
	}
	if rest := r.Findings[min(len(r.Findings), Shown):]; len(rest) > 0 {
		p.folded(fmt.Sprintf("And %s that save less", plural(len(rest), "finding")), rest, r.Root.DurationUS)
	}
	if len(r.AlsoSeen) > 0 {
		p.folded("Also seen, with less to gain", r.AlsoSeen, r.Root.DurationUS)
	}
}

// folded names findings in a line, or lists them with their savings and reasons.
func (p *page) folded(what string, findings []doctor.Finding, total int64) {
	if !p.All {
		p.paragraph(plain, "", what+": "+kinds(findings)+" (see -all).")
		p.line("")
		return
	}
	p.paragraph(plain, "", what+":")
	p.line("")
	for _, f := range findings {
		p.paragraph(plain, "- ", squeeze(Where(f), longest*p.Width))
		p.paragraph(plain, "  ", weight(f, total))
		p.paragraph(plain, "  Why     ", f.Because)
		p.line("")
	}
}

func (p *page) finding(n int, f doctor.Finding, total int64) {
	const room = "   "
	p.paragraph(bold, "", squeeze(fmt.Sprintf("%d. %s", n, Where(f)), longest*p.Width))
	p.paragraph(plain, room, weight(f, total))
	for _, part := range []struct{ word, text string }{{"Why     ", f.Because}, {"Fix     ", f.Fix}, {"Unless  ", f.Unless}} {
		p.paragraph(plain, room+part.word, part.text)
	}
	p.line("")
}

// Where says what is wrong and in which place.
func Where(f doctor.Finding) string {
	place := name(f.Service, f.Operation)
	if f.Callee != "" {
		place += " → " + printable(f.Callee)
	}
	return fmt.Sprintf("%s in %s", f.Kind, place)
}

// weight says what a finding costs, what mending it saves, and how sure that is.
func weight(f doctor.Finding, total int64) string {
	parts := []string{saving(f.Saving, total)}
	if f.CriticalPathShare > 0 {
		parts = append(parts, percent(f.CriticalPathShare)+" of the critical path")
	}
	parts = append(parts, string(f.Confidence)+" confidence")
	switch f.Evidence {
	case doctor.NeedsOtherTraces:
		parts = append(parts, "needs other traces to be sure")
	case doctor.NeedsAttributes:
		parts = append(parts, "needs more attributes to be sure")
	}
	return strings.Join(parts, ", ")
}

func saving(s doctor.Saving, total int64) string {
	switch {
	case s.Basis == doctor.None || s.HighUS <= 0:
		return "no saving claimed"
	case s.Basis == doctor.Shared:
		return fmt.Sprintf("saves up to %s of %s (others use it too: the queue may move)", human(s.HighUS), human(total))
	}
	if s.LowUS <= 0 {
		return fmt.Sprintf("saves up to %s of %s", human(s.HighUS), human(total))
	}
	return fmt.Sprintf("saves %s of %s", between(s.LowUS, s.HighUS), human(total))
}

// kinds lists findings by kind, with their number.
func kinds(findings []doctor.Finding) string {
	n := map[doctor.Kind]int{}
	var order []doctor.Kind
	for _, f := range findings {
		if n[f.Kind]++; n[f.Kind] == 1 {
			order = append(order, f.Kind)
		}
	}
	var words []string
	for _, k := range order {
		word := string(k)
		if n[k] > 1 {
			word = fmt.Sprintf("%d × %s", n[k], k)
		}
		words = append(words, word)
	}
	return strings.Join(words, ", ")
}
