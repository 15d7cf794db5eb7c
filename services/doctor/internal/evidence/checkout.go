package evidence

import (
	"cmp"
	"slices"

	"spanwise/doctor/call"
	"spanwise/doctor/path"
	"spanwise/doctor/trace"
)

// A Checkout is the waits of one service for connections to one callee, which spans record. A larger pool shortens all of them, and not
// only those on the critical path.
type Checkout struct {
	Operation, Callee string        // of the longest wait on the critical path
	Spans             []*trace.Span // by start
	Wait              trace.Micros  // on the critical path
	longest           trace.Micros  // of it
	Busy              bool          // at least one waited while other calls held connections
}

// A pool is the connections from a service to a callee.
type pool struct{ service, callee string }

// checkouts groups the spans that by their name wait for a connection. Some of each group are on the critical path. A span that states
// that the pool did not make it wait is late for another reason, such as a busy event loop.
func (e *Exam) checkouts(stated call.StatedWaits) (list []*Checkout) {
	waits := func(s *trace.Span) bool {
		if !call.Acquiring(s) {
			return false
		}
		says, ok := stated.Of(s)
		return !ok || says.Wait >= Soon
	}
	found := map[pool]*Checkout{}
	for _, s := range e.OnPath {
		if e.Self[s.Index] < Soon || !waits(s) {
			continue
		}
		p, operation := e.poolOf(s)
		c := found[p]
		if c == nil {
			c = &Checkout{Callee: p.callee}
			found[p], list = c, append(list, c)
		}
		c.Wait += e.Self[s.Index]
		if e.Self[s.Index] > c.longest {
			c.longest, c.Operation = e.Self[s.Index], operation
		}
	}
	for _, s := range e.Trace.Spans {
		if s.Duration < Soon || !waits(s) {
			continue
		}
		p, operation := e.poolOf(s)
		c := found[p]
		if c == nil && e.alongside(s) {
			c = &Checkout{Callee: p.callee, Operation: operation, Wait: s.Duration}
			found[p], list = c, append(list, c)
		}
		if c != nil {
			c.Spans = append(c.Spans, s)
			c.Busy = c.Busy || e.othersHold(s)
		}
	}
	return list
}

// alongside reports whether the critical path ran alongside a wait for a connection, which a call on it then used: the path leads
// through the call that held the connection, which ended when the wait did. Which of the two it is, is chance.
func (e *Exam) alongside(s *trace.Span) bool {
	next := NextAfter(s)
	return e.Total[s.Index] == 0 && next != nil && e.CallOf[next.Index] != nil && e.Total[next.Index] > 0 && s.Duration >= Opening && e.othersHold(s)
}

// Opening is how long a driver may take to check out a connection that is free, or to open one.
const Opening = 10 * trace.Millisecond

// poolOf returns the pool that s waits for, and the operation that needs the connection. A call around s names the callee best.
func (e *Exam) poolOf(s *trace.Span) (of pool, operation string) {
	for up := s.Parent; up != nil && up.Calling() && up.Service == s.Service; up = up.Parent {
		if c := e.CallOf[up.Index]; c != nil && !c.Housekeeping {
			return pool{s.Service, c.Callee}, OperationAround(up)
		}
	}
	return pool{s.Service, s.Get(trace.DBSystem)}, OperationAround(s)
}

// othersHold reports whether something shows that s waited for a connection that was in use: the client says that it was reused and
// not idle, or other calls to the same callee ran meanwhile, in this trace or in another.
func (e *Exam) othersHold(s *trace.Span) bool {
	if s.Get(trace.ConnReused) == "true" {
		return true
	}
	c := e.CallOf[s.Index]
	if next := NextAfter(s); next != nil && e.CallOf[next.Index] != nil {
		c = e.CallOf[next.Index] // it names the callee best
	}
	if c == nil {
		c = &call.Call{Caller: s.Service, Callee: s.Get(trace.DBSystem)}
	}
	for range during(e.uses()[c.Resource()], s.Start, s.End()) {
		return true
	}
	for range during(e.History.used[c.Resource()], s.Start, s.End()) {
		return true
	}
	return false
}

// findUses collects the calls to each store.
func (e *Exam) findUses() map[call.Question][]Run {
	uses := map[call.Question][]Run{}
	for _, c := range e.Calls {
		if c.Store && !c.Housekeeping {
			uses[c.Resource()] = append(uses[c.Resource()], Run{Exam: e, span: c.Span})
		}
	}
	for _, runs := range uses {
		inOrder(runs)
	}
	return uses
}

// Freed ties what followed each of the spans, which got a connection, to that span alone: in the replay it starts when the connection
// is there, and not when a neighbor that used it before is done.
func (e *Exam) Freed(spans []*trace.Span) (changes []path.Change) {
	parents := grouped(spans, func(s *trace.Span) *trace.Span { return s.Parent })
	for _, got := range parents {
		if len(got) < 2 || got[0].Parent == nil {
			continue
		}
		slices.SortStableFunc(got, func(a, b *trace.Span) int { return cmp.Compare(a.End(), b.End()) })
		users := got[0].Parent.Children
		next := 0
		for _, s := range got {
			for next < len(users) && !e.mayUse(users[next], s) {
				next++
			}
			if next < len(users) {
				changes = append(changes, path.After(s, users[next]))
				next++
			}
		}
	}
	return changes
}

// mayUse reports whether user may be what s got a connection or a lock for.
func (e *Exam) mayUse(user, s *trace.Span) bool {
	if user.Start < s.End()-Overlap || call.Acquiring(user) || call.Connecting(user) || recordsLock(user) {
		return false
	}
	c := e.CallOf[user.Index]
	return c != nil && !c.Housekeeping || user.Start <= s.End()+Soon
}
