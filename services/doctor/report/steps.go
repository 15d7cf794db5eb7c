package report

import (
	"cmp"
	"regexp"
	"slices"
	"strings"

	"spanwise/doctor"
)

// A step is a command to type next, and what for.
type step struct{ command, purpose string }

func (s step) comment() string {
	if s.purpose == "" {
		return ""
	}
	return "   # " + s.purpose
}

// afterReport is what to type after reading the report on one trace.
func (l Look) afterReport(r doctor.Report) []step {
	var steps []step
	source := shellWords(l.Source)
	if len(r.Findings) > 0 {
		steps = append(steps, l.explain(r.Findings[0].Kind))
	}
	unsure := wantsOtherTraces(r) || len(r.Findings) == 0 && (source == "" || r.UnexplainedShare >= mostlyDark && r.Root.DurationUS >= least)
	if unsure && r.Root.Service != "" {
		steps = append(steps, step{l.command("-service", shellQuote(r.Root.Service), "-last 15m"), "rank the problems across this service's recent traces"})
	}
	switch {
	case source == "":
	case len(r.Findings) > 0 && len(l.Source) == 1:
		steps = append(steps, step{l.command("-compare", source, "AFTER"), "once it is fixed"})
	default:
		steps = append(steps, step{l.command("-html report.html", source), "the same report as a page to share"})
	}
	return steps
}

// wantsOtherTraces reports whether other traces could confirm or refute what was found.
func wantsOtherTraces(r doctor.Report) bool {
	if f, ok := suspect(r); ok && len(r.Findings) == 0 {
		return f.Evidence == doctor.NeedsOtherTraces
	}
	return slices.ContainsFunc(r.Findings, func(f doctor.Finding) bool { return f.Evidence == doctor.NeedsOtherTraces })
}

// afterRanking is what to type after reading the report on many traces.
func (l Look) afterRanking(cases []Case) []step {
	_, _, best := spread(cases)
	all := Causes(cases)
	if len(all) > 0 {
		best = all[0].worst
	}
	id := best.Report.TraceID
	command := l.command(shellQuote(id))
	if source := shellWords(l.Source); source != "" {
		command = l.command("-trace", shellQuote(id), source)
	}
	steps := []step{{command, "the trace that shows it best"}}
	if len(all) > 0 {
		steps = append(steps, l.explain(all[0].Kind))
	}
	return steps
}

func (l Look) explain(k doctor.Kind) step {
	return step{l.program() + " explain " + string(k), "how the rule works, and what can mislead it"}
}

// command is a command line of the doctor that reads from the same server.
func (l Look) command(args ...string) string {
	words := []string{l.program()}
	for _, word := range l.From {
		words = append(words, shellQuote(word))
	}
	return strings.Join(append(words, args...), " ")
}

func (l Look) program() string { return shellQuote(cmp.Or(l.Program, "doctor")) }

// shellWords quotes arguments for a shell. It returns nothing if one is stdin, which cannot be read again.
func shellWords(args []string) string {
	var quoted []string
	for _, a := range args {
		if a == "-" {
			return ""
		}
		quoted = append(quoted, shellQuote(a))
	}
	return strings.Join(quoted, " ")
}

// shellQuote makes a word safe to paste into a shell.
func shellQuote(s string) string {
	if safeWord.MatchString(s) {
		return s
	}
	return "'" + strings.ReplaceAll(printable(s), "'", `'\''`) + "'"
}

var safeWord = regexp.MustCompile(`^[-_./:@%+=,0-9a-zA-Z]+$`)
