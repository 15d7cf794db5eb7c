package rule

import (
	"cmp"
	"hash/maphash"
	"slices"

	"spanwise/doctor/call"
	"spanwise/doctor/internal/evidence"
	"spanwise/doctor/trace"
)

// A keyGroup holds calls that request exactly the same item with the same outcome, without a write in between.
type keyGroup struct {
	calls  []*call.Call
	onPath trace.Micros // of the critical path in them
}

func (g *keyGroup) spans() (list []*trace.Span) {
	for _, c := range g.calls {
		list = append(list, c.Span)
	}
	return list
}

// loop is the loop that the calls belong to; nil if there is none.
func (g *keyGroup) loop(e *evidence.Exam) *evidence.Loop {
	for _, l := range e.Loops() {
		if slices.Contains(l.Calls, g.calls[0]) {
			return l
		}
	}
	return nil
}

// An identity is what the calls of a keyGroup have in common.
type identity struct {
	group        int32 // call.Group
	key, outcome string
	writes       int // to the same callee before the call
}

// groupByKey groups the calls that only read and are made more than once.
func groupByKey(e *evidence.Exam) (groups []*keyGroup) {
	again := sharedKeys(e)
	type keyed struct {
		first *call.Call
		group *keyGroup // nil until there is a second call
	}
	known := map[identity]keyed{}
	writes := map[call.Question]int{}
	for _, c := range e.Calls {
		store := call.Question{Callee: c.Callee, Shard: c.Shard}
		if c.Effect.MayChange() && !c.Housekeeping {
			writes[store]++
		}
		if !again[keyHash(c)%uint64(len(again))] || !repeatable(e, c) {
			continue
		}
		id := identity{c.Group, c.Key, outcome(c), writes[store]}
		k := known[id]
		if k.first == nil {
			known[id] = keyed{first: c}
			continue
		}
		if k.group == nil {
			k.group = &keyGroup{[]*call.Call{k.first}, e.Total[k.first.Span.Index]}
			known[id] = k
			groups = append(groups, k.group)
		}
		g := k.group
		last := g.calls[len(g.calls)-1].Span
		if !selfOrAbove(c.Span, 32, func(s *trace.Span) bool { return s == last }) { // otherwise last forwards it
			g.calls = append(g.calls, c)
			g.onPath += e.Total[c.Span.Index]
		}
	}
	return groups
}

// sharedKeys finds out which keys several calls may have in common, by their hashes. That rules most calls out without a large map.
func sharedKeys(e *evidence.Exam) (again []bool) {
	seen := make([]bool, 8*len(e.Calls)+1)
	again = make([]bool, len(seen))
	for _, c := range e.Calls {
		i := keyHash(c) % uint64(len(seen))
		again[i] = seen[i]
		seen[i] = true
	}
	return again
}

func keyHash(c *call.Call) uint64 { return maphash.String(keySeed, c.Key) }

var keySeed = maphash.MakeSeed()

// repeatable reports whether a call reads a whole item, and succeeded.
func repeatable(e *evidence.Exam, c *call.Call) bool {
	const partialContent = "206" // the URL does not show which bytes
	return c.Key != "" && c.Effect == call.Reads && !c.Failed && !c.Housekeeping && call.CursorMethod(c.Cursor) == "" &&
		e.Total[c.Span.Index] > 0 && outcome(c) != partialContent
}

// outcome is the status of the response, if the trace shows it. A query's outcome is its rows, not a status.
func outcome(c *call.Call) string {
	if c.Store {
		return ""
	}
	return cmp.Or(c.Get(trace.HTTPStatus), c.Get(trace.RPCStatus))
}

// oncePerInstance reports whether every call went to a different address: each then requests its part of a whole.
func (g *keyGroup) oncePerInstance() bool {
	seen := map[string]bool{}
	for _, c := range g.calls {
		seen[c.Instance] = true
	}
	return !seen[""] && len(seen) == len(g.calls)
}

// isBelow reports whether each of the calls is one of the spans or below one.
func (g *keyGroup) isBelow(spans []*trace.Span) bool {
	in := map[*trace.Span]bool{}
	for _, s := range spans {
		in[s] = true
	}
	return !slices.ContainsFunc(g.calls, func(c *call.Call) bool {
		return !selfOrAbove(c.Span, 32, func(s *trace.Span) bool { return in[s] })
	})
}

// outcomeChanges reports whether the same call had another outcome later: the group's calls then waited for it. A success that
// becomes something else is not such a wait.
func outcomeChanges(e *evidence.Exam, g *keyGroup) bool {
	last := g.calls[len(g.calls)-1]
	switch outcome(last) {
	case "", "200", "304", "0", "OK":
		return false
	}
	return slices.ContainsFunc(e.Calls, func(c *call.Call) bool {
		return c.Span.Start > last.Span.Start && c.Group == last.Group && c.Key == last.Key && outcome(c) != outcome(last)
	})
}
