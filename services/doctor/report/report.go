// Package report shows what the doctor found: [Terminal] to a person at a prompt, [HTML] and [Markdown] to the people
// they share it with, [JSON] to programs. [Ranking] sums up many traces and [Compare] compares two sets of traces.
//
// The data flows one way. A trace and its report become a view, which holds all the words, and a waterfall; terminal.go,
// markdown.go and html.go lay them out. The reports of one trace are the same every time, byte for byte.
package report

import (
	"fmt"
	"strings"

	"spanwise/doctor"
	"spanwise/doctor/trace"
)

// A Look is how a text report should look and what it may refer to.
type Look struct {
	Width   int      // columns; at least 40 are used
	Color   bool     // ANSI colours
	Program string   // how the command was called; "doctor" if empty
	Jaeger  string   // the address of Jaeger, unless it is the command's default
	All     bool     // spell out what is otherwise only named
	Source  []string // arguments that make the command read the same traces again; for the next steps
}

// A Case is a trace and the doctor's report on it.
type Case struct {
	Trace      *trace.Trace
	Report     doctor.Report
	Violations []string // of the caller's gates, in words
}

// Shown is how many findings a report spells out; it only names the rest.
const Shown = 5

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
		ID: printable(r.TraceID), Name: name(r.Root.Service, r.Root.Operation), Duration: Duration(total), Size: size(c), Verdict: verdict(r),
		Findings: findingViews(r.Findings[:shown], total), Violations: c.Violations, Notes: r.Notes,
	}
	add := func(title string, findings []doctor.Finding) {
		if len(findings) > 0 {
			v.Folded = append(v.Folded, findingGroup{title, countKinds(findings), findingViews(findings, total)})
		}
	}
	rest := r.Findings[shown:]
	add(plural(len(rest), "more finding")+" with smaller savings", rest)
	add("Also seen, but less important", r.AlsoSeen)
	return v
}

// size identifies the trace and says how large it is.
func size(c Case) string {
	services := map[string]bool{}
	for _, s := range c.Trace.Spans {
		services[s.Service] = true
	}
	return fmt.Sprintf("trace %s, %s from %s", printable(c.Report.TraceID), plural(c.Report.Spans, "span"), plural(len(services), "service"))
}

func findingViews(findings []doctor.Finding, total int64) []findingView {
	var views []findingView
	for i, f := range findings {
		views = append(views, findingView{i + 1, Title(f), cost(f, total), f.Because, f.Fix, f.Unless})
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
func cost(f doctor.Finding, total int64) string {
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
	return strings.Join(parts, ", ")
}

func saving(s doctor.Saving, total int64) string {
	switch {
	case s.Basis == doctor.None || s.HighUS <= 0:
		return "no saving estimated"
	case s.Basis == doctor.Shared:
		return fmt.Sprintf("saves up to %s of %s (shared resource, so the wait may move elsewhere)", Duration(s.HighUS), Duration(total))
	case s.LowUS <= 0:
		return fmt.Sprintf("saves up to %s of %s", Duration(s.HighUS), Duration(total))
	}
	return fmt.Sprintf("saves %s of %s", durationRange(s.LowUS, s.HighUS), Duration(total))
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

// mostNotes is how many notes a report for people spells out. One more is not worth a line that counts it.
const mostNotes = 5

// fewNotes returns the notes to spell out, and how many are left: a hundred skewed clocks make a hundred notes.
func fewNotes(notes []string, all bool) (few []string, rest int) {
	if all || len(notes) <= mostNotes+1 {
		return notes, 0
	}
	return notes[:mostNotes], len(notes) - mostNotes
}

// noteLines are the notes that a text report prints.
func (l Look) noteLines(notes []string) []string {
	few, rest := fewNotes(notes, l.All)
	if rest == 0 {
		return few
	}
	return append(few[:len(few):len(few)], fmt.Sprintf("and %s more (see -all)", thousands(rest)))
}
