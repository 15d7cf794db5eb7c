package report

import (
	"fmt"
	"strings"

	"spanwise/doctor"
	"spanwise/doctor/trace"
)

// A caseView is the content of a report on one trace, in words.
type caseView struct {
	ID, Name, Duration, Size, Verdict string
	Findings                          []findingView  // spelled out
	Folded                            []findingGroup // only named unless all is asked for
	Violations, Notes                 []string
}

// A findingView is a finding in words.
type findingView struct {
	N                             int // from 1
	Title, Cost, Why, Fix, Unless string
	Kind                          doctor.Kind
}

// A findingGroup is a list of findings that matter less.
type findingGroup struct {
	Title, Kinds string
	Findings     []findingView
}

func newCaseView(c Case) caseView {
	r := c.Report
	total, shown := r.Root.DurationUS, min(len(r.Findings), Shown)
	v := caseView{
		ID: printable(r.TraceID), Name: name(r.Root.Service, r.Root.Operation), Duration: total.String(), Size: size(c), Verdict: verdict(r),
		Findings: findingViews(r.Findings[:shown], total), Violations: c.Violations, Notes: r.Notes,
	}
	add := func(title string, findings []doctor.Finding) {
		if len(findings) > 0 {
			v.Folded = append(v.Folded, findingGroup{title, countKinds(findings), findingViews(findings, total)})
		}
	}
	rest := r.Findings[shown:]
	add(plural(len(rest), "more finding")+" with smaller savings", rest)
	also, ignored := apart(r.AlsoSeen)
	add("Ignored", ignored)
	add("Also seen, but less important", also)
	return v
}

// apart separates the findings that are ignored from the others.
func apart(findings []doctor.Finding) (others, ignored []doctor.Finding) {
	for _, f := range findings {
		if f.Ignored != "" {
			ignored = append(ignored, f)
		} else {
			others = append(others, f)
		}
	}
	return others, ignored
}

// size identifies the trace and says how large it is.
func size(c Case) string {
	services := map[string]bool{}
	for _, s := range c.Trace.Spans {
		services[s.Service] = true
	}
	return fmt.Sprintf("trace %s, %s from %s", printable(c.Report.TraceID), plural(c.Report.Spans, "span"), plural(len(services), "service"))
}

func findingViews(findings []doctor.Finding, total trace.Micros) []findingView {
	var views []findingView
	for i, f := range findings {
		views = append(views, findingView{i + 1, Title(f), cost(f, total), f.Because, f.Fix, f.Unless, f.Kind})
	}
	return views
}

// Title names what is wrong and where. Findings of the same problem in different traces have the same title.
func Title(f doctor.Finding) string {
	where := name(f.Service, f.Operation)
	if f.Callee != "" {
		where += " → " + printable(f.Callee)
	}
	return fmt.Sprintf("%s in %s", f.Kind, where)
}

// cost says what a finding costs, how much time fixing it saves, and how certain that is.
func cost(f doctor.Finding, total trace.Micros) string {
	parts := []string{saving(f.Saving, total)}
	if f.CriticalPathShare > 0 {
		parts = append(parts, percent(f.CriticalPathShare)+" of the critical path")
	}
	parts = append(parts, string(f.Confidence)+" confidence")
	switch f.Evidence {
	case doctor.NeedsOtherTraces:
		parts = append(parts, "needs other traces to confirm")
	case doctor.NeedsAttributes:
		parts = append(parts, "needs more attributes to confirm")
	}
	return strings.Join(parts, "; ")
}

func saving(s doctor.Saving, total trace.Micros) string {
	switch {
	case s.Basis == doctor.None || s.HighUS <= 0:
		return "no saving estimated"
	case s.Basis == doctor.Shared:
		return fmt.Sprintf("saves up to %s of %s (shared resource, so the wait may move elsewhere)", s.HighUS.String(), total.String())
	case s.LowUS <= 0:
		return fmt.Sprintf("saves up to %s of %s", s.HighUS.String(), total.String())
	}
	return fmt.Sprintf("saves %s of %s", durationRange(s.LowUS, s.HighUS), total.String())
}

// countKinds lists the kinds of findings, with the number of each.
func countKinds(findings []doctor.Finding) string {
	n := map[doctor.Kind]int{}
	var kinds []doctor.Kind
	for _, f := range findings {
		if n[f.Kind]++; n[f.Kind] == 1 {
			kinds = append(kinds, f.Kind)
		}
	}
	var words []string
	for _, k := range kinds {
		word := string(k)
		if n[k] > 1 {
			word = fmt.Sprintf("%d × %s", n[k], k)
		}
		words = append(words, word)
	}
	return strings.Join(words, ", ")
}
