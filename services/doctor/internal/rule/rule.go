package rule

import (
	"embed"
	"fmt"
	"strings"

	"spanwise/doctor/finding"
	"spanwise/doctor/internal/evidence"
	"spanwise/doctor/path"
	"spanwise/doctor/trace"
)

// A Rule finds one kind of problem.
type Rule struct {
	Kind  finding.Kind
	Title string // one line
	Doc   string // what it looks for and why, how the saving is computed, what can mislead it
	Find  func(*evidence.Exam) []Suspicion
}

// All lists the rules in the order they are run and explained.
func All() []Rule {
	return []Rule{
		nPlusOne, serialCalls, repeatedCalls, pagination,
		slowDependency, slowSelf,
		edgeWait, coldConnect, poolWait, queueWait,
		retryStorm, callerGaveUp, overFetch, errorOrigin,
		darkTime, detachedWork, brokenPropagation, clockSkew,
	}
}

// A Suspicion is what a rule found: a finding without its saving, and the fixes that a replay will try.
type Suspicion struct {
	finding.Finding
	Reasons []string      // what makes us believe it; Because in the end
	Spans   []*trace.Span // what it is about; none lies below another
	Low     []path.Change // the cautious fix
	High    []path.Change // the thorough one
	Minor   bool          // true, but never worth more than a mention
	Behind  bool          // true, but the reason is more likely something else that is found
	More    int           // how often the same was found again, and joined

	subject string // tells apart what is found in one operation
}

// Reason adds a reason to believe it.
func (s *Suspicion) Reason(format string, args ...any) {
	s.Reasons = append(s.Reasons, fmt.Sprintf(format, args...))
}

// Suspect runs every rule.
func Suspect(e *evidence.Exam) []Suspicion {
	var all []Suspicion
	for _, r := range All() {
		for _, s := range r.Find(e) {
			s.Kind = r.Kind
			all = append(all, s)
		}
	}
	return all
}

// Each rule's example is the first of the cases that the tests hold it to.
//
//go:embed testdata/*.txtar
var cases embed.FS

// Example is a small trace that has what the rule finds, drawn as text.
func (r Rule) Example() string {
	raw, err := cases.ReadFile("testdata/" + string(r.Kind) + ".txtar")
	if err != nil {
		return ""
	}
	_, text, _ := strings.Cut(string(raw), "-- trace --\n")
	text, _, _ = strings.Cut(text, "\n-- ")
	return text
}
