package doctor

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"spanwise/doctor/call"
	"spanwise/doctor/trace"
)

// A stage is one child of a span with calls in it, in a chain of such children.
type stage struct {
	span  *trace.Span
	calls []*call.Call
}

// name is what is asked or, where the stage wraps its calls, the wrapper's.
func (s stage) name() string {
	if s.calls[0].Span == s.span {
		return s.calls[0].Template
	}
	return s.span.Name
}

// oneOfSeveral reports a chain beside each part of which others of its parent's calls run for half of the time and more, each beginning when one ends:
// so many at a time are allowed, and what follows what is chance.
func oneOfSeveral(chain []stage) bool {
	l := &loop{parent: chain[0].span.Parent}
	in := map[*trace.Span]bool{}
	for _, s := range chain {
		in[s.span] = true
	}
	for _, s := range l.parent.Children { // on the path and beside it
		if s.Calling() && !call.Housekeeping(s) {
			l.units = append(l.units, s)
		}
	}
	if len(l.units) < len(chain)+2 {
		return false
	}
	if k, follow := l.bound(); k < 2 || len(l.units) <= 2*k || follow < 0.9 {
		return false
	}
	for _, part := range chain[:len(chain)-1] { // the others may be done by the last
		var beside int64
		now := part.span.Start
		for _, u := range l.units { // by start
			if !in[u] && u.End() > now && u.Start < part.span.End() {
				beside += min(u.End(), part.span.End()) - max(u.Start, now)
				now = min(u.End(), part.span.End())
			}
		}
		if beside*2 < part.span.Duration {
			return false
		}
	}
	return true
}

// stages lists, by parent, the children that leave the process somewhere; if asked so, only those on the critical path.
func (e *exam) stages(onPath bool) [][]stage {
	var byParent [][]stage
	of := make([]int32, len(e.trace.Spans)) // a parent's place in byParent, plus one; by Span.Index
	at := make([]int32, len(e.trace.Spans)) // a stage's place among its parent's, plus one
	for i, c := range e.calls {
		if c.Housekeeping || onPath && e.total[c.Span.Index] == 0 {
			continue
		}
		// The call is a stage of its parent; so is a wrapper around it, of the span that holds the wrapper.
		for s := c.Span; s.Parent != nil && (s == c.Span || wraps(s)); s = s.Parent {
			p := s.Parent.Index
			if at[s.Index] > 0 {
				st := &byParent[of[p]-1][at[s.Index]-1]
				st.calls = append(st.calls, c)
				break // so have its wrappers
			}
			if of[p] == 0 {
				byParent = append(byParent, nil)
				of[p] = int32(len(byParent))
			}
			list := &byParent[of[p]-1]
			*list = append(*list, stage{s, e.calls[i : i+1 : i+1]})
			at[s.Index] = int32(len(*list))
		}
	}
	return byParent
}

// inLoops holds the calls of loops and the wrappers around them, by Span.Index. What follows what in a loop is part of its finding.
func (e *exam) inLoops() []bool {
	in := make([]bool, len(e.trace.Spans))
	for _, l := range e.loops() {
		if !l.many(e) {
			continue
		}
		for _, c := range l.calls {
			for s := c.Span; s != l.parent; s = s.Parent {
				in[s.Index] = true
			}
		}
	}
	return in
}

// chains cuts each parent's stages into runs that follow each other closely and may be independent.
func (e *exam) chains(byParent [][]stage) (chains [][]stage) {
	for _, stages := range byParent {
		for from, to := 0, 0; from < len(stages); from = to {
			asked := map[call.Question]bool{stages[from].asks(): true} // by the stages in the chain
			for to = from + 1; to < len(stages) && !asked[stages[to].asks()] && e.mayJoin(stages[from:to], stages[to]); to++ {
				asked[stages[to].asks()] = true
			}
			if to-from >= 2 {
				chains = append(chains, stages[from:to])
			}
		}
	}
	return chains
}

// mayJoin reports whether s continues the chain: right after its last, and with no sign that it needs what came before.
func (e *exam) mayJoin(chain []stage, s stage) bool {
	last := chain[len(chain)-1]
	pause := s.span.Start - last.span.End()
	if pause < -overlap || pause > max(2000, min(s.span.Duration, last.span.Duration)/4) {
		return false
	}
	return !last.writes() && !s.writes() && !last.before(s) && !e.learns(chain[0], s) && !last.gate()
}

// asks is what tells a stage from the others of a chain: the same call again is a loop, unless it goes to somebody else.
func (s stage) asks() call.Question {
	c := s.calls[0]
	return call.Question{Template: s.name(), Callee: c.Callee, Shard: c.Shard}
}

func (s stage) writes() bool {
	for _, c := range s.calls {
		if c.Effect.MayChange() {
			return true
		}
	}
	return false
}

// before reports whether s has a reason to come after the stage. Two queries in a row are one connection's work more often than not, or a
// question to a cache and then to what it caches; but the same query to several places asks the parts of one whole. And what
// is asked elsewhere after a failure is asked because of it.
func (s stage) before(next stage) bool {
	last := s.calls[len(s.calls)-1]
	same := s.name() == next.name()
	return s.store() && next.store() && !same || same && last.Failed
}

// store reports a stage that is nothing but a query.
func (s stage) store() bool {
	return len(s.calls) == 1 && s.calls[0].Span == s.span && s.calls[0].Store
}

// gate recognises a check that has to pass before anything else may happen.
func (s stage) gate() bool {
	return slices.ContainsFunc(call.WordsOf(s.name()+" "+s.span.Name), func(word string) bool { return slices.Contains(gates, word) })
}

// gates are whole words: an author is no authorisation, and a checkout no check.
var gates = []string{
	"auth", "authenticate", "authentication", "authorize", "authorization", "authorise", "authorisation", "authz", "authn", "oauth",
	"login", "token", "tokens", "check", "security", "validate", "validation", "verify", "permission", "permissions", "session", "sessions",
}

// named lists the stages for a reader, the first few by name; those that ask the same by whom they ask.
func named(chain []stage) string {
	const most = 8
	same := !slices.ContainsFunc(chain, func(s stage) bool { return s.name() != chain[0].name() })
	var names []string
	for _, s := range chain[:min(len(chain), most)] {
		if same {
			names = append(names, cmp.Or(s.calls[0].Callee, s.calls[0].Shard))
		} else {
			names = append(names, "`"+call.Shorten(s.name())+"`")
		}
	}
	list := strings.Join(names, ", ")
	if same {
		list = "`" + call.Shorten(chain[0].name()) + "` of " + list
	}
	if left := len(chain) - len(names); left > 0 {
		list += fmt.Sprintf(" and %d more", left)
	}
	return list
}
