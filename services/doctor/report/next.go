package report

import (
	"fmt"
	"strings"

	"spanwise/doctor"
)

// A step is a command to type, and what for.
type step struct{ command, purpose string }

// nextSteps says what to type after reading the report of one trace.
func nextSteps(r doctor.Report, source string) []step {
	var steps []step
	if len(r.Findings) > 0 {
		steps = append(steps, step{"doctor explain " + string(r.Findings[0].Kind), "the rule, and what fools it"})
	}
	for _, f := range r.Findings {
		if f.Evidence == doctor.NeedsOtherTraces {
			steps = append(steps, step{fmt.Sprintf("doctor -service %s -last 15m", quote(r.Root.Service)), "the traces that would tell"})
			break
		}
	}
	if source == "" {
		return steps
	}
	if len(r.Findings) > 0 {
		return append(steps, step{fmt.Sprintf("doctor -compare %s AFTER", source), "once it is fixed"})
	}
	return append(steps, step{fmt.Sprintf("doctor -html report.html %s", source), "the same as a page to send on"})
}

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
			line += pad(s.command, widest) + s.remark()
		} else {
			line += s.command
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
