package rule

import (
	"cmp"

	"spanwise/doctor/call"
	"spanwise/doctor/internal/evidence"
	"spanwise/doctor/trace"
)

// A sameQuestion is calls that ask exactly the same, and are answered alike.
type sameQuestion struct {
	calls []*call.Call
	path  int64 // µs of the critical path in them
}

// An exact is what makes calls ask exactly the same: what, which one, with which outcome, and how often something was written to the same
// place before. An outcome that differs says that the answer changed: 401 and then 200 is no repetition.
type exact struct {
	asks           int32
	which, outcome string
	writes         int
}

// sameQuestions groups safe reads.
func sameQuestions(e *evidence.Exam) (groups []*sameQuestion) {
	places := make(map[exact]int32, len(e.Calls)/4)
	of := make([]int32, len(e.Calls)) // the place of a call's group in sizes, plus one
	var sizes []int32
	written := map[call.Question]int{}
	for i, c := range e.Calls {
		if c.Effect.MayChange() && !c.Housekeeping {
			written[call.Question{Callee: c.Callee, Shard: c.Shard}]++
		}
		if !repeatable(e, c) {
			continue
		}
		k := exact{asks: c.Group, which: c.Key, outcome: outcome(c)}
		if k.outcome == partial {
			continue
		}
		if len(written) > 0 {
			k.writes = written[call.Question{Callee: c.Callee, Shard: c.Shard}]
		}
		if places[k] == 0 {
			sizes = append(sizes, 0)
			places[k] = int32(len(sizes))
		}
		of[i] = places[k]
		sizes[of[i]-1]++
	}
	made := map[int32]*sameQuestion{}
	for i, c := range e.Calls {
		at := of[i]
		if at == 0 || sizes[at-1] < 2 {
			continue
		}
		g := made[at]
		if g == nil {
			g = &sameQuestion{}
			made[at] = g
			groups = append(groups, g)
		}
		if !within(c.Span, g.calls) {
			g.calls = append(g.calls, c)
			g.path += e.Total[c.Span.Index]
		}
	}
	return groups
}

// partial is the status of an answer with a range of bytes, which no URL shows.
const partial = "206"

// repeatable reports a question that could have been asked once: it reads, asks for something whole, and was answered.
func repeatable(e *evidence.Exam, c *call.Call) bool {
	return c.Key != "" && c.Effect == call.Reads && !c.Failed && !c.Housekeeping && call.Cursor(c.Cursor) == "" && e.Total[c.Span.Index] > 0
}

// outcome is the status of an answer, as far as it is told. What a store answers it tells in rows.
func outcome(c *call.Call) string {
	if c.Store {
		return ""
	}
	return cmp.Or(c.Get(trace.HTTPStatus), c.Get(trace.RPCStatus))
}

// parts reports whether every call of the group went to another address: parts of a whole, each asked once.
func (g *sameQuestion) parts() bool {
	seen := map[string]bool{}
	for _, c := range g.calls {
		if c.Instance == "" || seen[c.Instance] {
			return false
		}
		seen[c.Instance] = true
	}
	return true
}

// awaited reports whether the same was answered otherwise after the group's last call: each call had asked whether it is so yet. A 200
// that becomes something else is no such wait.
func awaited(e *evidence.Exam, g *sameQuestion) bool {
	last := g.calls[len(g.calls)-1]
	switch outcome(last) {
	case "", "200", "304", "0", "OK":
		return false
	}
	for _, c := range e.Calls {
		if c.Span.Start > last.Span.Start && c.Group == last.Group && c.Key == last.Key && outcome(c) != outcome(last) {
			return true
		}
	}
	return false
}
