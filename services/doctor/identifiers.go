package doctor

import (
	"maps"
	"slices"
	"strings"
)

// identifiers are those in a call's key; its host and port are none.
func (c *call) identifiers() []string {
	which := c.which
	if i := strings.IndexByte(which, '/'); i >= 0 && !c.store {
		which = which[i:]
	}
	return identifiers(which)
}

// identifiers are the words of a text that name one thing: numbers of three digits and more, UUIDs, numbered names.
func identifiers(text string) []string {
	var list []string
	for _, word := range strings.FieldsFunc(text, func(r rune) bool {
		return !(r >= '0' && r <= '9' || r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r == '-' || r == '_')
	}) {
		if identifies(word) && (len(word) >= 3 || !numeric(word)) {
			list = append(list, word)
		}
	}
	return list
}

// origins says when each identifier was first used: 0 for those in the root's own attributes, else the start of
// the first call with it, as µs since the root's start plus one.
func (e *exam) origins() map[string]int64 {
	if e.firstUse != nil {
		return e.firstUse
	}
	e.firstUse = map[string]int64{}
	for _, k := range slices.Sorted(maps.Keys(e.root.Attrs)) {
		for _, id := range identifiers(e.root.Attrs[k]) {
			e.firstUse[id] = 0
		}
	}
	for _, c := range e.calls { // by start
		for _, id := range c.identifiers() {
			if _, known := e.firstUse[id]; !known {
				e.firstUse[id] = c.span.Start - e.root.Start + 1
				if tick := e.model.Tick(c.span); tick > e.model.Tick(e.root) {
					e.firstUse[id] += tick // which its process's clock may have rounded it down by
				}
			}
		}
	}
	return e.firstUse
}

// learns reports whether a stage uses an identifier that nothing used before first had ended: it may have come from an
// answer. That another call used it since, beside the stage, says nothing.
func (e *exam) learns(first, s stage) bool {
	for _, c := range s.calls {
		for _, id := range c.identifiers() {
			if e.origins()[id] > first.span.End()-e.root.Start {
				return true
			}
		}
	}
	return false
}
