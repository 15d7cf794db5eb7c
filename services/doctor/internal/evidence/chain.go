package evidence

import (
	"slices"

	"spanwise/doctor/call"
	"spanwise/doctor/trace"
)

// A Stage is one child of a span with calls in it, in a chain of such children.
type Stage struct {
	Span  *trace.Span
	Calls []*call.Call
}

// Name is what is asked or, where the stage wraps its calls, the wrapper's.
func (s Stage) Name() string {
	if s.Calls[0].Span == s.Span {
		return s.Calls[0].Template
	}
	return s.Span.Name
}

// OneOfSeveral reports a chain beside each part of which others of its parent's calls run for half of the time and more, each beginning when one ends:
// so many at a time are allowed, and what follows what is chance.
func OneOfSeveral(chain []Stage) bool {
	l := &Loop{Parent: chain[0].Span.Parent}
	in := map[*trace.Span]bool{}
	for _, s := range chain {
		in[s.Span] = true
	}
	for _, s := range l.Parent.Children { // on the path and beside it
		if s.Calling() && !call.Housekeeping(s) {
			l.Units = append(l.Units, s)
		}
	}
	if len(l.Units) < len(chain)+2 {
		return false
	}
	if k, follow := l.Bound(); k < 2 || len(l.Units) <= 2*k || follow < 0.9 {
		return false
	}
	for _, part := range chain[:len(chain)-1] { // the others may be done by the last
		var beside int64
		now := part.Span.Start
		for _, u := range l.Units { // by start
			if !in[u] && u.End() > now && u.Start < part.Span.End() {
				beside += min(u.End(), part.Span.End()) - max(u.Start, now)
				now = min(u.End(), part.Span.End())
			}
		}
		if beside*2 < part.Span.Duration {
			return false
		}
	}
	return true
}

// Stages lists, by parent, the children that leave the process somewhere; if asked so, only those on the critical path.
func (e *Exam) Stages(onPath bool) [][]Stage {
	var byParent [][]Stage
	of := make([]int32, len(e.Trace.Spans)) // a parent's place in byParent, plus one; by Span.Index
	at := make([]int32, len(e.Trace.Spans)) // a stage's place among its parent's, plus one
	for i, c := range e.Calls {
		if c.Housekeeping || onPath && e.Total[c.Span.Index] == 0 {
			continue
		}
		// The call is a stage of its parent; so is a wrapper around it, of the span that holds the wrapper.
		for s := c.Span; s.Parent != nil && (s == c.Span || Wraps(s)); s = s.Parent {
			p := s.Parent.Index
			if at[s.Index] > 0 {
				st := &byParent[of[p]-1][at[s.Index]-1]
				st.Calls = append(st.Calls, c)
				break // so have its wrappers
			}
			if of[p] == 0 {
				byParent = append(byParent, nil)
				of[p] = int32(len(byParent))
			}
			list := &byParent[of[p]-1]
			*list = append(*list, Stage{s, e.Calls[i : i+1 : i+1]})
			at[s.Index] = int32(len(*list))
		}
	}
	return byParent
}

// InLoops holds the calls of loops and the wrappers around them, by Span.Index. What follows what in a loop is part of its finding.
func (e *Exam) InLoops() []bool {
	in := make([]bool, len(e.Trace.Spans))
	for _, l := range e.Loops() {
		if !l.Significant(e) {
			continue
		}
		for _, c := range l.Calls {
			for s := c.Span; s != l.Parent; s = s.Parent {
				in[s.Index] = true
			}
		}
	}
	return in
}

// Chains cuts each parent's stages into runs that follow each other closely and may be independent.
func (e *Exam) Chains(byParent [][]Stage) (Chains [][]Stage) {
	for _, stages := range byParent {
		for from, to := 0, 0; from < len(stages); from = to {
			asked := map[call.Question]bool{stages[from].asks(): true} // by the stages in the chain
			for to = from + 1; to < len(stages) && !asked[stages[to].asks()] && e.mayJoin(stages[from:to], stages[to]); to++ {
				asked[stages[to].asks()] = true
			}
			if to-from >= 2 {
				Chains = append(Chains, stages[from:to])
			}
		}
	}
	return Chains
}

// mayJoin reports whether s continues the chain: right after its last, and with no sign that it needs what came before.
func (e *Exam) mayJoin(chain []Stage, s Stage) bool {
	last := chain[len(chain)-1]
	pause := s.Span.Start - last.Span.End()
	if pause < -Overlap || pause > max(2000, min(s.Span.Duration, last.Span.Duration)/4) {
		return false
	}
	return !last.writes() && !s.writes() && !last.before(s) && !e.learns(chain[0], s) && !last.gate()
}

// asks is what tells a stage from the others of a chain: the same call again is a loop, unless it goes to somebody else.
func (s Stage) asks() call.Question {
	c := s.Calls[0]
	return call.Question{Template: s.Name(), Callee: c.Callee, Shard: c.Shard}
}

func (s Stage) writes() bool {
	for _, c := range s.Calls {
		if c.Effect.MayChange() {
			return true
		}
	}
	return false
}

// before reports whether s has a reason to come after the stage. Two queries in a row are one connection's work more often than not, or a
// question to a cache and then to what it caches; but the same query to several places asks the parts of one whole. And what
// is asked elsewhere after a failure is asked because of it.
func (s Stage) before(next Stage) bool {
	last := s.Calls[len(s.Calls)-1]
	same := s.Name() == next.Name()
	return s.store() && next.store() && !same || same && last.Failed
}

// store reports a stage that is nothing but a query.
func (s Stage) store() bool {
	return len(s.Calls) == 1 && s.Calls[0].Span == s.Span && s.Calls[0].Store
}

// gate recognises a check that has to pass before anything else may happen.
func (s Stage) gate() bool {
	return slices.ContainsFunc(call.WordsOf(s.Name()+" "+s.Span.Name), func(word string) bool { return slices.Contains(gates, word) })
}

// gates are whole words: an author is no authorisation, and a checkout no check.
var gates = []string{
	"auth", "authenticate", "authentication", "authorize", "authorization", "authorise", "authorisation", "authz", "authn", "oauth",
	"login", "token", "tokens", "check", "security", "validate", "validation", "verify", "permission", "permissions", "session", "sessions",
}
