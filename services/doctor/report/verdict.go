package report

import (
	"cmp"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"sync"

	"spanwise/doctor"
	"spanwise/doctor/trace"
)

// leads are the lead sentences of the kinds, for readers who do not know the kinds.
var leads = sync.OnceValue(func() map[doctor.Kind]string {
	leads := map[doctor.Kind]string{}
	for _, k := range doctor.Kinds() {
		leads[k.Kind] = k.Lead
	}
	return leads
})

// aboutCallee matches the part of a lead for findings with a callee, and after a bar the part for those without.
var aboutCallee = regexp.MustCompile(`\[(.*?)(?:\|(.*?))?\]`)

// lead describes a finding in a sentence or two, with its share of the time.
func lead(f doctor.Finding) string {
	part, every := "$2", ""
	if f.Callee != "" {
		part = "$1"
	}
	if f.Figures.IntervalUS > 0 {
		every = ", every " + f.Figures.IntervalUS.String()
	}
	text := strings.NewReplacer("{service}", short(f.Service), "{operation}", short(f.Operation), "{callee}", short(f.Callee),
		"{n}", Thousands(f.Count), "{every}", every).Replace(aboutCallee.ReplaceAllString(cmp.Or(f.Lead, leads()[f.Kind]), part))
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
		sentences = []string{lead(r.Findings[0])}
		if !r.CutOff { // what is missing may take any time
			sentences[0] += gain(r)
		}
	default:
		sentences = nothing(r)
	}
	if saysDark(r) {
		sentences = append(sentences, fmt.Sprintf("%s of the time is not covered by any span.", percent(r.UnexplainedShare)))
	}
	if r.CutOff {
		sentences = append([]string{cutOff}, sentences...)
	}
	return strings.Join(sentences, " ")
}

const cutOff = "The input is cut off, so this report is about a part of it."

// saysDark reports whether a verdict has to say how much of the time no span covers. If there is nothing to fix, a few milliseconds are not worth
// a warning: between two spans of any request, some time passes.
func saysDark(r doctor.Report) bool {
	switch {
	case r.UnexplainedShare < 0.05:
		return false
	case len(r.Findings) > 0:
		return !saysHowMuchIsDark(r.Findings[0])
	}
	_, suspicious := suspect(r)
	return suspicious || trace.Micros(r.UnexplainedShare*float64(r.Root.DurationUS)) >= least
}

// saysHowMuchIsDark reports whether the lead of a finding is about time without a span.
func saysHowMuchIsDark(f doctor.Finding) bool {
	return f.Kind == "dark-time" && f.Figures.IntervalUS == 0
}

// nothing says that nothing has to be fixed, as far as that is known, and names what might have to be.
func nothing(r doctor.Report) []string {
	if f, ok := suspect(r); ok {
		return suspicion(f)
	}
	_, ignored := apart(r.AlsoSeen)
	switch {
	case r.CutOff:
		return []string{"Nothing to fix in that part."}
	case r.UnexplainedShare >= mostlyDark && r.Root.DurationUS < least:
		return []string{fmt.Sprintf("Nothing to fix: the request took only %s.", r.Root.DurationUS)}
	case r.UnexplainedShare >= allDark:
		return []string{"This trace alone does not show what takes the time."}
	case r.UnexplainedShare >= mostlyDark:
		return []string{"Nothing to fix in the time that spans cover."}
	case len(ignored) > 0:
		return []string{"Nothing to fix except what is ignored."}
	}
	return []string{"Nothing to fix."}
}

// suspicion says what might have to be fixed, and what would show it.
func suspicion(f doctor.Finding) []string {
	switch f.Evidence {
	case doctor.NeedsOtherTraces:
		return []string{"This trace alone shows nothing to fix.", lead(f), "Other traces could confirm it."}
	case doctor.NeedsAttributes:
		return []string{"This trace alone shows nothing to fix.", lead(f), "More attributes could confirm it."}
	}
	return []string{"Nothing is sure to be worth fixing.", lead(f)}
}

// suspect is the entry that a report without findings names: the surest of those that a large part of the time is about and, of these,
// the largest.
func suspect(r doctor.Report) (worst doctor.Finding, ok bool) {
	for _, f := range r.AlsoSeen {
		if suspicious(f, r.Root.DurationUS) && (!ok || sureness(f) > sureness(worst) ||
			sureness(f) == sureness(worst) && f.CriticalPathShare > worst.CriticalPathShare) {
			worst, ok = f, true
		}
	}
	return worst, ok
}

// suspicious reports whether a reader has to know of an entry before they read that there is nothing to fix. If it needs no further evidence,
// it was left out because it may save little; what is as usual is not suspicious.
func suspicious(f doctor.Finding, total trace.Micros) bool {
	switch {
	case f.Ignored != "" || max(f.CriticalPathUS, f.Saving.HighUS) < least:
		return false
	case f.Evidence == doctor.Sufficient:
		return f.Confidence != doctor.Low && f.Saving.HighUS*5 >= total
	}
	return f.CriticalPathShare >= 0.3
}

// least is how long something must take to be suspicious: a busy machine delays a task by as much.
const least = 5 * trace.Millisecond

// sureness orders confidences.
func sureness(f doctor.Finding) int {
	return slices.Index([]doctor.Confidence{doctor.Low, doctor.Medium, doctor.High}, f.Confidence)
}

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
