package doctor

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"spanwise/doctor/call"
	"spanwise/doctor/path"
	"spanwise/doctor/trace"
)

var coldConnect = rule{
	kind:  ColdConnect,
	title: "Connections are set up while the request waits",
	doc: `Spans of connecting (a database login, dialling, DNS, TLS) are on the critical path. Where a
tracer leaves none, the first call across an edge gives it away: it waits at least 10 ms longer than its callee
works, and five times as long as the three or more later ones, none of which waits 10 ms. A span that is but
called "connect", and neither names a peer nor belongs to a call, is taken with low confidence.

Saving: the connecting replayed as nothing; for a first call, its wait as long as the later calls'. If there are
several, the cautious figure leaves the first.

What fools it: a process that has just started, where the first request pays for all.`,
	find: findColdConnect,
}

func findColdConnect(e *exam) []suspicion {
	return append(e.connects(), e.firstCalls()...)
}

// connects finds spans of setting connections up, by the service that does it and the operation they hold up.
func (e *exam) connects() []suspicion {
	type edge struct{ service, callee string }
	index := map[edge]int{}
	var found []suspicion
	for _, s := range e.spent {
		if !call.Connecting(s) || s.Parent != nil && call.Connecting(s.Parent) {
			continue
		}
		callee, operation := e.heldUp(s)
		k := edge{s.Service, callee}
		i, known := index[k]
		if !known {
			i = len(found)
			index[k] = i
			f := suspicion{}
			f.Service, f.Callee, f.Operation = s.Service, callee, operation
			f.Saving.Basis, f.Confidence, f.Evidence = Structural, Low, NeedsAttributes
			found = append(found, f)
		}
		f := &found[i]
		if e.dials(s) {
			f.Confidence, f.Evidence = High, Sufficient
		}
		if n := len(f.spans); n == 0 || s.Parent != f.spans[n-1].Parent || s.Parent == nil || !s.Parent.Calling() {
			f.Count++ // else another step of the same one
		}
		f.spans = append(f.spans, s)
		f.high = append(f.high, path.Lasting(s, 0))
		if f.Count > 1 {
			f.low = append(f.low, path.Lasting(s, 0))
		}
	}
	found = slices.DeleteFunc(found, func(f suspicion) bool { return e.onPath(f.spans) < soon }) // there was one
	for i := range found {
		f := &found[i]
		if f.Count == 1 {
			f.low = f.high
		}
		f.Because = fmt.Sprintf("%s sets up %s while the request waits (`%s`): %s on the critical path",
			f.Service, times(f.Count, "connection"), f.spans[0].Name, ms(e.onPath(f.spans)))
		f.Unless = "the process has just started, and later requests find the connection open"
		if f.Confidence == Low {
			f.Because += "; but it is called so, and says of nobody that it connects to"
			f.Unless = "what is called so sets up no connection"
		}
		f.Fix = "keep connections open: a pool that keeps idle ones, keep-alive, reading answers to their end; open them at start"
	}
	return found
}

// dials reports whether more than its name says that s sets a connection up: whom it connects to, a call that it is part of or that follows
// at once, or a step that only connections have.
func (e *exam) dials(s *trace.Span) bool {
	if s.Callee() != "" || s.Peer() != "" || s.Parent != nil && s.Parent.Calling() {
		return true
	}
	if next := nextAfter(s); next != nil && next.Calling() {
		return true
	}
	return slices.ContainsFunc(subtree(s), func(s *trace.Span) bool {
		return call.ContainsAny(strings.ToLower(s.Name), "dns", "tls", "dial", "handshake", "tcp", "socket")
	})
}

// heldUp says who is called over the connection that s sets up, and by which operation. A call around it knows best who
// answers: at that level there are but addresses.
func (e *exam) heldUp(s *trace.Span) (callee, operation string) {
	for up := s.Parent; up != nil && up.Calling() && up.Service == s.Service; up = up.Parent {
		if c := e.callOf[up.Index]; c != nil && !c.Housekeeping {
			return c.Callee, operationAround(up)
		}
	}
	return cmp.Or(s.Callee(), s.Peer()), operationAround(s)
}

// firstCalls finds edges on which only the first call waits.
func (e *exam) firstCalls() []suspicion {
	var found []suspicion
	for _, g := range e.coldGaps() {
		c := g.first.call
		f := suspicion{spans: []*trace.Span{c.Span}}
		f.Service, f.Callee, f.Operation, f.Count = c.Caller, c.Callee, operationAround(c.Span), 1
		f.CriticalPathUS = min(g.first.us, e.own[c.Span.Index])
		f.Saving.Basis, f.Confidence, f.Evidence = Structural, Medium, Sufficient
		f.high = []path.Change{path.Shorter(c.Span, g.first.us-g.later)}
		f.low = f.high
		f.Because = fmt.Sprintf("the first call from %s to %s waits %s more than its callee works, the %d later ones %s",
			c.Caller, c.Callee, ms(g.first.us), g.count, ms(g.later))
		f.Unless = "the first call does something else first, or the process has just started"
		f.Fix = "open the connection at start and keep it open"
		found = append(found, f)
	}
	return found
}

// A coldGap is an edge on which the first call waits long and none of the later ones does.
type coldGap struct {
	first gap
	later int64 // what the later calls wait, in the middle
	count int   // how many they are
}

func (e *exam) coldGaps() (cold []coldGap) {
	type edge struct{ caller, callee string }
	gaps := map[edge][]gap{}
	var edges []edge
	for _, c := range e.calls {
		us, ok := unaccounted(c)
		if !ok {
			continue
		}
		k := edge{c.Caller, c.Callee}
		if gaps[k] == nil {
			edges = append(edges, k)
		}
		gaps[k] = append(gaps[k], gap{c, us})
	}
	for _, k := range edges {
		first, later := gaps[k][0], lengths(gaps[k][1:])
		cool := first.us >= longGap && first.us >= 5*median(later) && e.own[first.call.Span.Index] > 0
		if len(later) < 3 || !cool || slices.Max(later) >= longGap {
			continue
		}
		cold = append(cold, coldGap{first, median(later), len(later)})
	}
	return cold
}

func lengths(gaps []gap) []int64 {
	list := make([]int64, len(gaps))
	for i, g := range gaps {
		list[i] = g.us
	}
	return list
}
