package evidence

import (
	"maps"
	"slices"

	"spanwise/doctor/call"
)

// findOrigins says when each identifier was first used: 0 for those in the root's own attributes, else the start of
// the first call with it, as µs since the root's start plus one.
func (e *Exam) findOrigins() map[string]int64 {
	firstUse := map[string]int64{}
	for _, k := range slices.Sorted(maps.Keys(e.Root.Attrs)) {
		for _, id := range call.Identifiers(e.Root.Attrs[k]) {
			firstUse[id] = 0
		}
	}
	for _, c := range e.Calls { // by start
		for _, id := range c.Identifiers() {
			if _, known := firstUse[id]; !known {
				firstUse[id] = c.Span.Start - e.Root.Start + 1
				if tick := e.Model.Tick(c.Span); tick > e.Model.Tick(e.Root) {
					firstUse[id] += tick // which its process's clock may have rounded it down by
				}
			}
		}
	}
	return firstUse
}

// learns reports whether a stage uses an identifier that nothing used before first had ended: it may have come from an
// answer. That another call used it since, beside the stage, says nothing.
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
