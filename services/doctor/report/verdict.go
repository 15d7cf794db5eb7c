package report

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"sync"

	"spanwise/doctor"
)

// leads are the lead sentences of the kinds, for readers who do not know the kinds.
var leads = sync.OnceValue(func() map[doctor.Kind]string {
	leads := map[doctor.Kind]string{}
	for _, k := range doctor.Kinds() {
		leads[k.Kind] = k.Lead
	}
	return leads
})

var aboutCallee = regexp.MustCompile(`\[(.*?)\]`)

// lead describes a finding in a sentence or two, with its share of the time.
func lead(f doctor.Finding) string {
	callee := ""
	if f.Callee != "" {
		callee = "$1"
	}
	text := strings.NewReplacer("{service}", short(f.Service), "{operation}", short(f.Operation), "{callee}", short(f.Callee),
		"{n}", thousands(f.Count)).Replace(aboutCallee.ReplaceAllString(leads()[f.Kind], callee))
	if f.Confidence == doctor.Low {
		text = "Perhaps " + text
	}
	if f.CriticalPathShare >= 0.01 {
		text += "; this accounts for " + strings.Replace(percent(f.CriticalPathShare), ">", "over ", 1) + " of the time"
	}
	return text + "."
}

func short(name string) string { return squeeze(printable(name), 60) }

// verdict is the answer in a few sentences that can be read without the rest of the report.
func verdict(r doctor.Report) string {
	var sentences []string
	switch {
	case r.Spans == 0:
		return "The trace has no spans."
	case len(r.Findings) > 0 && !conclusive(r.Findings):
		sentences = []string{lead(r.Findings[0]), "This trace alone cannot confirm it; that takes other traces or more attributes."}
	case len(r.Findings) > 0:
		sentences = []string{lead(r.Findings[0]) + gain(r)}
	case r.UnexplainedShare >= allDark:
		sentences = []string{"This trace alone does not show what takes the time."}
	case r.UnexplainedShare >= mostlyDark:
		sentences = []string{"Nothing to fix in the time that spans cover."}
	default:
		sentences = []string{"Nothing to fix."}
		if _, ignored := apart(r.AlsoSeen); len(ignored) > 0 {
			sentences = []string{"Nothing to fix except what is ignored."}
		}
		if f, ok := largestSuspect(r); ok {
			sentences = []string{"This trace alone shows nothing to fix.", lead(f), "Other traces could confirm it."}
		}
	}
	if r.UnexplainedShare >= 0.05 && !(len(r.Findings) > 0 && r.Findings[0].Kind == "dark-time") {
		sentences = append(sentences, fmt.Sprintf("%s of the time is not covered by any span.", percent(r.UnexplainedShare)))
	}
	return strings.Join(sentences, " ")
}

// largestSuspect is the finding with the largest share of the time that only other traces can confirm.
func largestSuspect(r doctor.Report) (worst doctor.Finding, ok bool) {
	for _, f := range r.AlsoSeen {
		if f.Ignored == "" && f.Evidence == doctor.NeedsOtherTraces && f.CriticalPathShare >= suspicious && f.CriticalPathShare > worst.CriticalPathShare {
			worst, ok = f, true
		}
	}
	return worst, ok
}

// suspicious is the share of the time above which a report without findings still names a suspect.
const suspicious = 0.3

// Shares of time without a span above which a report without findings no longer means that all is well.
const (
	mostlyDark = 0.5
	allDark    = 0.95
)

// gain says how long the request would take with the spelled-out findings fixed.
func gain(r doctor.Report) string {
	n := min(len(r.Findings), Shown)
	what := "it"
	switch {
	case n < len(r.Findings):
		what = fmt.Sprintf("the first %d of %d findings", n, len(r.Findings))
	case n == 2:
		what = "both findings"
	case n > 2:
		what = fmt.Sprintf("all %d findings", n)
	}
	switch after := r.Findings[n-1].AfterUS; {
	case after > 0 && after < r.Root.DurationUS:
		return fmt.Sprintf(" Fixing %s would cut %s to about %s.", what, r.Root.DurationUS.String(), after.String())
	case len(r.Findings) > 1:
		return " There are " + plural(len(r.Findings), "finding") + " in all."
	}
	return ""
}

// conclusive reports whether this trace is enough to prove at least one of the findings.
func conclusive(findings []doctor.Finding) bool {
	return slices.ContainsFunc(findings, func(f doctor.Finding) bool { return f.Evidence == doctor.Sufficient })
}
