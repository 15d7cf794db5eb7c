package evidence

import (
	"maps"
	"slices"

	"spanwise/doctor/call"
	"spanwise/doctor/trace"
)

// findOrigins returns when each identifier was first used: 0 for those in the root's own attributes, otherwise the
// start of the first call that has it, in µs since the root's start, plus one.
func (e *Exam) findOrigins() map[string]trace.Micros {
	firstUse := map[string]trace.Micros{}
	for _, k := range slices.Sorted(maps.Keys(e.Root.Attrs)) {
		for _, id := range call.Identifiers(e.Root.Attrs[k]) {
			firstUse[id] = 0
		}
	}
	for _, c := range e.Calls { // by start
		for _, id := range c.Identifiers() {
			if _, known := firstUse[id]; !known {
				firstUse[id] = c.Span.Start - e.Root.Start + 1
				if tick := e.Model.Resolution(c.Span); tick > e.Model.Resolution(e.Root) {
					firstUse[id] += tick // by which the process's clock may have rounded it down
				}
			}
		}
	}
	return firstUse
}

// learns reports whether a stage uses an identifier that no call used before the first stage had ended, so that it
// may come from an answer. Other calls that used it since then, in parallel with the stage, prove nothing.
func (e *Exam) learns(first, s Stage) bool {
	for _, c := range s.Calls {
		for _, id := range c.Identifiers() {
			if e.origins()[id] > first.Span.End()-e.Root.Start {
				return true
			}
		}
	}
	return false
}
