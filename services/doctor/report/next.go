package report

import (
	"cmp"
	"slices"
	"strings"

	"spanwise/doctor"
)

// A step is a command to type, and what for.
type step struct{ command, purpose string }

// steps says what to type after reading the report of one trace.
func (l Look) steps(r doctor.Report) []step {
	var steps []step
	source := words(l.Source)
	if len(r.Findings) > 0 {
		steps = append(steps, step{l.program() + " explain " + string(r.Findings[0].Kind), "the rule, and what fools it"})
	}
	unsure := undecided(r) || len(r.Findings) == 0 && (source == "" || r.UnexplainedShare >= mostlyDark)
	if unsure && r.Root.Service != "" {
		steps = append(steps, step{l.command("-service", quote(r.Root.Service), "-last 15m"), "with the other traces of that service"})
	}
	switch {
	case source == "":
	case len(r.Findings) > 0 && len(l.Source) == 1:
		steps = append(steps, step{l.command("-compare", source, "AFTER"), "once it is fixed"})
	default:
		steps = append(steps, step{l.command("-html report.html", source), "the same as a page to send on"})
	}
	return steps
}

// undecided reports whether other traces would say more.
func undecided(r doctor.Report) bool {
	if _, any := suspected(r); any && len(r.Findings) == 0 {
		return true
	}
	return slices.ContainsFunc(r.Findings, func(f doctor.Finding) bool { return f.Evidence == doctor.NeedsOtherTraces })
}

// command is a command line of the doctor that reads from the same place.
func (l Look) command(args ...string) string {
	words := []string{l.program()}
	if l.Jaeger != "" {
		words = append(words, "-jaeger", quote(l.Jaeger))
	}
	return strings.Join(append(words, args...), " ")
}

func (l Look) program() string { return quote(cmp.Or(l.Program, "doctor")) }

// words writes arguments as a shell takes them. What came by stdin cannot be had again.
func words(args []string) string {
	var quoted []string
	for _, a := range args {
		if a == "-" {
			return ""
		}
		quoted = append(quoted, quote(a))
	}
	return strings.Join(quoted, " ")
}

// quote makes a word safe to paste into a shell.
func quote(s string) string {
	safe := func(r rune) bool {
		return !strings.ContainsRune("-_./:@%+=,", r) && (r < '0' || r > '9') && (r < 'a' || r > 'z') && (r < 'A' || r > 'Z')
	}
	if s != "" && strings.IndexFunc(s, safe) < 0 {
		return s
	}
	return "'" + strings.ReplaceAll(printable(s), "'", `'\''`) + "'"
}

// next prints steps, with their purposes below each other where all fit.
func (p *page) next(steps []step) {
	widest, fits := 0, true
	for _, s := range steps {
		widest = max(widest, width(s.command))
	}
	for _, s := range steps {
		fits = fits && len("Next: ")+widest+len(s.remark()) <= p.Width
	}
	for i, s := range steps {
		line := "      "
		if i == 0 {
			line = "Next: "
		}
		if fits {
			s.command = pad(s.command, widest)
		}
		if line += s.command; width(line)+width(s.remark()) <= p.Width {
			line += s.remark()
		}
		p.line("%s", line)
	}
}

func (s step) remark() string {
	if s.purpose == "" {
		return ""
	}
	return "   # " + s.purpose
}
