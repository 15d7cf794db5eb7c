package evidence

import (
	"slices"

	"spanwise/doctor/call"
	"spanwise/doctor/trace"
)

// A Stage is a child of a span that makes calls: a call itself, or a wrapper around calls. Consecutive stages form a
// chain.
type Stage struct {
	Span  *trace.Span
	Calls []*call.Call
}

// Name is the call's template or, if the stage wraps its calls, the name of the wrapper.
func (s Stage) Name() string {
	if s.Calls[0].Span == s.Span {
		return s.Calls[0].Template
	}
	return s.Span.Name
}

// OneOfSeveral reports a chain that is one of several running in parallel with bounded concurrency: other calls of
// its parent run during at least half of each of its stages, each starting when another one ends. The order within
// such a chain is accidental.
func OneOfSeveral(chain []Stage) bool {
	l := &Loop{Parent: chain[0].Span.Parent}
	in := map[*trace.Span]bool{}
	for _, s := range chain {
		in[s.Span] = true
	}
	for _, s := range l.Parent.Children { // on the critical path or not
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
	for _, part := range chain[:len(chain)-1] { // the others may have finished by the last one
		var overlapped trace.Micros
		now := part.Span.Start
		for _, u := range l.Units { // by start
			if !in[u] && u.End() > now && u.Start < part.Span.End() {
				overlapped += min(u.End(), part.Span.End()) - max(u.Start, now)
				now = min(u.End(), part.Span.End())
			}
		}
		if overlapped*2 < part.Span.Duration {
			return false
		}
	}
	return true
}

// Stages lists the children that make calls, grouped by parent. With onPath, only those on the critical path.
func (e *Exam) Stages(onPath bool) [][]Stage {
	var byParent [][]Stage
	of := make([]int32, len(e.Trace.Spans)) // index of a parent in byParent, plus one; by Span.Index
	at := make([]int32, len(e.Trace.Spans)) // index of a stage within its parent's group, plus one
	for i, c := range e.Calls {
		if c.Housekeeping || onPath && e.Total[c.Span.Index] == 0 {
			continue
		}
		// The call is a stage of its parent, and each wrapper around the call is a stage of the wrapper's parent.
		for s := c.Span; s.Parent != nil && (s == c.Span || Wraps(s)); s = s.Parent {
			p := s.Parent.Index
			if at[s.Index] > 0 {
				st := &byParent[of[p]-1][at[s.Index]-1]
				st.Calls = append(st.Calls, c)
				break // its wrappers have this call too
			}
			if of[p] == 0 {
				byParent = append(byParent, nil)
				of[p] = int32(len(byParent))
			}
			list := &byParent[of[p]-1]
			if *list == nil {
				*list = make([]Stage, 0, len(s.Parent.Children))
			}
			*list = append(*list, Stage{s, e.Calls[i : i+1 : i+1]})
			at[s.Index] = int32(len(*list))
		}
	}
	return byParent
}

// InLoops marks the calls of loops and the wrappers around them, by Span.Index. Their order is part of what the
// loop's finding says.
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
func (e *Exam) Chains(byParent [][]Stage) (chains [][]Stage) {
	for _, stages := range byParent {
		for from, to := 0, 0; from < len(stages); from = to {
			asked := map[call.Question]bool{stages[from].asks(): true} // questions of the stages in the chain
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

// mayJoin reports whether s continues the chain: it starts right after the last stage, and nothing shows that it
// needs an earlier result.
func (e *Exam) mayJoin(chain []Stage, s Stage) bool {
	last := chain[len(chain)-1]
	pause := s.Span.Start - last.Span.End()
	if pause < -Overlap || pause > max(2*trace.Millisecond, min(s.Span.Duration, last.Span.Duration)/4) {
		return false
	}
	return !last.writes() && !s.writes() && !last.before(s) && !e.learns(chain[0], s) && !last.gate()
}

// asks identifies a stage within a chain: the same call again is a loop, unless it goes to another callee.
func (s Stage) asks() call.Question {
	c := s.Calls[0]
	return call.Question{Template: s.Name(), Callee: c.Callee, Shard: c.Shard}
}

func (s Stage) writes() bool {
	return slices.ContainsFunc(s.Calls, func(c *call.Call) bool { return c.Effect.MayChange() })
}

// before reports whether s must run before next. Two different queries in a row mostly share one connection, or ask
// a cache and then the store behind it; the same query to several stores asks the parts of one whole. What follows a
// failure, or an answer such as 404, is done because of it: a retry, another mirror, a fallback. What was started in the context of a span
// that had ended followed from its result: GraphQL hangs the resolver of a field below that of its object.
func (s Stage) before(next Stage) bool {
	return s.store() && next.store() && s.Name() != next.Name() || s.failed() || next.Span.ParentID == s.Span.ID
}

// failed reports a stage that failed or whose last call did, or was answered with a status that says no.
func (s Stage) failed() bool {
	last := s.Calls[len(s.Calls)-1]
	return last.Failed || call.Failed(s.Span) || call.Number(last.Get(trace.HTTPStatus)) >= 400
}

// store reports a stage that is a single query.
func (s Stage) store() bool {
	return len(s.Calls) == 1 && s.Calls[0].Span == s.Span && s.Calls[0].Store
}

// gate reports a step that decides whether the caller may do anything else: it finds out who the user is, or what they
// may do. Other checks (check-inventory, validate-address) have a result that is used in the end, and need not come first.
func (s Stage) gate() bool {
	return hasWord(s.Name()+" "+s.Span.Name,
		"auth", "authenticate", "authentication", "authorize", "authorization", "authorise", "authorisation", "authz", "authn", "oauth", "oauth2",
		"oidc", "iam", "login", "token", "tokens", "introspect", "jwt", "acl", "rbac", "permission", "permissions", "session")
}
