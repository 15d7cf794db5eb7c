// Package rule holds the doctor's rules, one for each kind of finding. A rule looks at the evidence of one trace and returns
// suspicions; package verdict computes what fixing each would save and ranks them.
//
// A rule is in the file named like its kind, such as nplusone.go. Long rules continue in files such as nplusone_fix.go. No rule
// uses another rule's code; what rules share is in rule.go, compare.go, gathering.go and limited.go.
package rule

import (
	"embed"
	"fmt"
	"slices"
	"strings"

	"spanwise/doctor/finding"
	"spanwise/doctor/internal/evidence"
	"spanwise/doctor/path"
	"spanwise/doctor/trace"
)

// A Rule finds one kind of problem.
type Rule struct {
	Kind finding.Kind
	// Lead is the sentence that a report leads with. {service}, {operation}, {callee} and {n} stand for the finding's fields, and
	// {every} for the interval between its calls, if it has one. The text in brackets is left out if there is no callee; the text
	// after a bar in the brackets takes its place.
	Lead  string
	Title string // one line
	Doc   string // what the rule looks for and why, how the saving is computed, what can mislead it
	Find  func(*evidence.Exam) []Suspicion

	CostsNoTime bool // what it finds does not slow the request down
}

// All lists the rules in the order in which they run and are explained.
func All() []Rule {
	return []Rule{
		nPlusOne, serialCalls, repeatedCalls, pagination,
		slowDependency, slowSelf,
		edgeWait, coldConnect, poolWait, queueWait,
		retryStorm, callerGaveUp, overFetch, errorOrigin,
		darkTime, detachedWork, brokenPropagation, clockSkew,
	}
}

// A Suspicion is a finding whose saving is not computed yet, with the changes to replay for it.
type Suspicion struct {
	finding.Finding
	Reasons []string      // joined into Because at the end
	Spans   []*trace.Span // the spans it is about; none is below another
	Low     []path.Change // the cautious fix
	High    []path.Change // the thorough fix
	Minor   bool          // true, but worth no more than a mention, unless its saving is sure and large
	Fatal   bool          // the request failed because of it
	Behind  bool          // true, but another finding is the more likely cause
	More    int           // number of further suspicions merged into this one

	// YieldsTo are the kinds that report the same time if they report anything about these spans. Only a finding takes precedence:
	// if it is no more than a mention, this one stands.
	YieldsTo []finding.Kind

	CostsNoTime bool         // it does not slow the request down; always, if that holds for its rule
	LaterUS     trace.Micros // time after the request, for which its result waits

	subject string // distinguishes suspicions about the same operation and callee
}

// Reason adds a reason to believe the suspicion.
func (s *Suspicion) Reason(format string, args ...any) {
	s.Reasons = append(s.Reasons, fmt.Sprintf(format, args...))
}

// Suspect runs every rule.
func Suspect(e *evidence.Exam) (all []*Suspicion) {
	for _, r := range All() {
		found := r.Find(e)
		for i := range found {
			s := &found[i]
			s.Kind, s.CostsNoTime = r.Kind, s.CostsNoTime || r.CostsNoTime
			s.doubt(e.Trace)
			all = append(all, s)
		}
	}
	return all
}

// doubt lowers the confidence in what rests on an incomplete trace, or on times that had to be repaired.
func (s *Suspicion) doubt(t *trace.Trace) {
	if s.Confidence != finding.High {
		return
	}
	switch {
	case t.CutOff:
		s.Confidence = finding.Medium
		s.Reason("the input was cut off, so that the rest of the trace may show another cause")
	case slices.ContainsFunc(s.Spans, func(s *trace.Span) bool { return s.Mistimed }):
		s.Confidence = finding.Medium
		s.Reason("the recorded times of one of the spans are impossible")
	}
}

//go:embed testdata/*.txtar
var cases embed.FS

// Example returns a small trace in which the rule finds its problem, drawn as text: the first of the rule's test cases.
func (r Rule) Example() string {
	raw, err := cases.ReadFile("testdata/" + string(r.Kind) + ".txtar")
	if err != nil {
		return ""
	}
	_, text, _ := strings.Cut(string(raw), "-- trace --\n")
	text, _, _ = strings.Cut(text, "\n-- ")
	return text
}

// selfOrAbove reports whether ok holds for s or for one of the given number of spans above it.
func selfOrAbove(s *trace.Span, levels int, ok func(*trace.Span) bool) bool {
	for ; s != nil && levels >= 0; s, levels = s.Parent, levels-1 {
		if ok(s) {
			return true
		}
	}
	return false
}
