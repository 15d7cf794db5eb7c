package report

import (
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"spanwise/doctor"
)

// leads say a kind of finding in words for somebody who does not know the kinds. What stands in brackets goes if there is no callee.
var leads = map[doctor.Kind]string{
	doctor.NPlusOne:          "{service} makes {n} calls[ to {callee}] where few would do",
	doctor.SerialCalls:       "{service} makes calls one after another that could run side by side",
	doctor.RepeatedCalls:     "{service} asks[ {callee}] the same again and again",
	doctor.Pagination:        "{service} fetches a list[ from {callee}] in {n} small pages",
	doctor.SlowDependency:    "{service} waits for {callee}",
	doctor.SlowSelf:          "{service} is busy itself, in {operation}",
	doctor.EdgeWait:          "{service} waits for answers[ of {callee}] that are late on the way",
	doctor.ColdConnect:       "{service} has to connect[ to {callee}] first",
	doctor.PoolWait:          "{service} waits for a free connection[ to {callee}]",
	doctor.QueueWait:         "{operation} in {service} waits for its turn",
	doctor.RetryStorm:        "{service} repeats calls[ to {callee}] that fail, {n} attempts in all",
	doctor.CallerGaveUp:      "{service} stopped waiting[ for {callee}] before there was an answer",
	doctor.OverFetch:         "{service} fetches more[ from {callee}] than it needs",
	doctor.ErrorOrigin:       "{operation} in {service} failed",
	doctor.DarkTime:          "{service} does something in {operation} that no span shows",
	doctor.DetachedWork:      "{service} works on after the answer",
	doctor.BrokenPropagation: "The request is in pieces, cut at {service}[ and {callee}]",
	doctor.ClockSkew:         "The clock of {service} is wrong",
}

var aboutCallee = regexp.MustCompile(`\[(.*?)\]`)

// lead says a finding in a sentence, with its part of the time.
func lead(f doctor.Finding) string {
	text, callee := leads[f.Kind], ""
	if f.Callee != "" {
		callee = "$1"
	}
	text = strings.NewReplacer("{service}", short(f.Service), "{operation}", short(f.Operation), "{callee}", short(f.Callee),
		"{n}", thousands(f.Count)).Replace(aboutCallee.ReplaceAllString(text, callee))
	if f.Confidence == doctor.Low {
		text = "Perhaps " + text
	}
	if f.CriticalPathShare >= 0.01 {
		text += ", which takes " + percent(f.CriticalPathShare) + " of the time"
	}
	return text + "."
}

func short(name string) string { return squeeze(printable(name), 60) }

// verdict is the answer in a few sentences that need nothing around them.
func verdict(r doctor.Report) string {
	var said []string
	switch {
	case r.Spans == 0:
		return "There is no span to examine."
	case len(r.Findings) > 0 && !decided(r.Findings):
		said = []string{lead(r.Findings[0]), "This trace alone cannot tell for sure: it takes other traces, or more attributes."}
	case len(r.Findings) > 0:
		said = []string{lead(r.Findings[0]) + gain(r)}
	case r.UnexplainedShare >= allDark:
		said = []string{"This trace alone cannot tell what takes the time."}
	case r.UnexplainedShare >= mostlyDark:
		said = []string{"Nothing to fix in what spans show."}
	default:
		said = []string{"Nothing to fix."}
		if f, any := suspected(r); any {
			said = []string{"Nothing to fix by this trace alone.", lead(f), "More traces may tell."}
		}
	}
	if r.UnexplainedShare >= 0.05 && !(len(r.Findings) > 0 && r.Findings[0].Kind == doctor.DarkTime) {
		said = append(said, fmt.Sprintf("No span shows what happens in %s of the time.", percent(r.UnexplainedShare)))
	}
	return strings.Join(said, " ")
}

// suspected is the largest part of the time about which only other traces can tell whether it is too much.
func suspected(r doctor.Report) (worst doctor.Finding, any bool) {
	for _, f := range r.AlsoSeen {
		if f.Evidence == doctor.NeedsOtherTraces && f.CriticalPathShare >= suspicious && f.CriticalPathShare > worst.CriticalPathShare {
			worst, any = f, true
		}
	}
	return worst, any
}

// suspicious is the share of the time from which on a clean bill of health has to name it.
const suspicious = 0.3

// Shares of time without a span, from which on a trace without findings is no clean bill of health, or none at all.
const (
	mostlyDark = 0.5
	allDark    = 0.95
)

// gain says how long the request would take with the findings fixed that are shown.
func gain(r doctor.Report) string {
	n := min(len(r.Findings), Shown)
	fixed := "Fixed"
	switch {
	case n < len(r.Findings):
		fixed = fmt.Sprintf("With the first %d of %d findings fixed", n, len(r.Findings))
	case n == 2:
		fixed = "With both findings fixed"
	case n > 2:
		fixed = "With all " + strconv.Itoa(n) + " findings fixed"
	}
	switch after := r.Findings[n-1].AfterUS; {
	case after > 0 && after < r.Root.DurationUS:
		return fmt.Sprintf(" %s, %s would become about %s.", fixed, human(r.Root.DurationUS), human(after))
	case len(r.Findings) > 1:
		return " " + plural(len(r.Findings), "thing") + " to look at in all."
	}
	return ""
}

// decided reports whether any finding stands on what this trace shows.
func decided(findings []doctor.Finding) bool {
	return slices.ContainsFunc(findings, func(f doctor.Finding) bool { return f.Evidence == doctor.Sufficient })
}
