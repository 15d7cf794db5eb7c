package doctor

import (
	"spanwise/doctor/path"
	"spanwise/doctor/trace"
)

// A rule finds one kind of trouble. Each stands in a file of its own: what it is called, what it looks for and
// why, and the function that looks.
type rule struct {
	kind  Kind
	title string
	doc   string
	find  func(*exam) []suspicion
}

// rules in the order they are run and explained.
func rules() []rule {
	return []rule{
		nPlusOne, serialCalls, repeatedCalls, pagination,
		slowDependency, slowSelf,
		edgeWait, coldConnect, poolWait, queueWait,
		retryStorm, callerGaveUp, overFetch, errorOrigin,
		darkTime, detachedWork, brokenPropagation, clockSkew,
	}
}

// A suspicion is what a rule found: a finding without its saving, and the fixes that a replay will try.
type suspicion struct {
	Finding
	spans  []*trace.Span // what it is about; none lies below another
	low    []path.Change // the cautious fix
	high   []path.Change // the thorough one
	minor  bool          // true, but never worth more than a mention
	behind bool          // true, but the reason is more likely something else that is found

	subject string // tells apart what is found in one operation
	more    int    // how often the same was found again, and joined
}

// suspect runs every rule.
func (e *exam) suspect() []suspicion {
	var all []suspicion
	for _, r := range rules() {
		for _, s := range r.find(e) {
			s.Kind = r.kind
			all = append(all, s)
		}
	}
	return all
}
