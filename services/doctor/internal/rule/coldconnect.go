package rule

import (
	"cmp"
	"slices"
	"strings"

	"spanwise/doctor/call"
	"spanwise/doctor/finding"
	"spanwise/doctor/internal/evidence"
	"spanwise/doctor/path"
	"spanwise/doctor/trace"
)

var coldConnect = Rule{
	Kind:  finding.ColdConnect,
	Title: "Connections are set up while the request waits",
	Doc: `Spans of connecting (a database login, dialling, DNS, TLS) are on the critical path. Where a
tracer leaves none, the first call across an edge gives it away: it waits at least 10 ms longer than its callee
works, and five times as long as the three or more later ones, none of which waits 10 ms. A span that is but
called "connect", and neither names a peer nor belongs to a call, is taken with low confidence.

Saving: the connecting replayed as nothing; for a first call, its wait as long as the later calls'. If there are
several, the cautious figure leaves the first.

What can mislead it: a process that has just started, where the first request pays for all.`,
	Find: findColdConnect,
}

func findColdConnect(e *evidence.Exam) []Suspicion {
	return append(connects(e), firstCalls(e)...)
}

// connects finds spans of setting connections up, by the service that does it and the operation they hold up.
func connects(e *evidence.Exam) []Suspicion {
	type edge struct{ service, callee string }
	index := map[edge]int{}
	var found []Suspicion
	for _, s := range e.OnPath {
		if !call.Connecting(s) || s.Parent != nil && call.Connecting(s.Parent) {
			continue
		}
		callee, operation := connectionFor(e, s)
		k := edge{s.Service, callee}
		i, known := index[k]
		if !known {
			i = len(found)
			index[k] = i
			f := Suspicion{}
			f.Service, f.Callee, f.Operation = s.Service, callee, operation
			f.Saving.Basis, f.Confidence, f.Evidence = finding.Structural, finding.Low, finding.NeedsAttributes
			found = append(found, f)
		}
		f := &found[i]
		if dials(e, s) {
			f.Confidence, f.Evidence = finding.High, finding.Sufficient
		}
		if n := len(f.Spans); n == 0 || s.Parent != f.Spans[n-1].Parent || s.Parent == nil || !s.Parent.Calling() {
			f.Count++ // else another step of the same one
		}
		f.Spans = append(f.Spans, s)
		f.High = append(f.High, path.Lasting(s, 0))
		if f.Count > 1 {
			f.Low = append(f.Low, path.Lasting(s, 0))
		}
	}
	found = slices.DeleteFunc(found, func(f Suspicion) bool { return e.PathIn(f.Spans) < evidence.Soon }) // there was one
	for i := range found {
		f := &found[i]
		if f.Count == 1 {
			f.Low = f.High
		}
		f.Reason("%s sets up %s while the request waits (`%s`): %s on the critical path",
			f.Service, evidence.Times(f.Count, "connection"), f.Spans[0].Name, evidence.Ms(e.PathIn(f.Spans)))
		f.Unless = "the process has just started, and later requests find the connection open"
		if f.Confidence == finding.Low {
			f.Reason("but it is called so, and says of nobody that it connects to")
			f.Unless = "what is called so sets up no connection"
		}
		f.Fix = "keep connections open: a pool that keeps idle ones, keep-alive, reading answers to their end; open them at start"
	}
	return found
}

// dials reports whether more than its name says that s sets a connection up: whom it connects to, a call that it is part of or that follows
// at once, or a step that only connections have.
func dials(e *evidence.Exam, s *trace.Span) bool {
	if s.Callee() != "" || s.Peer() != "" || s.Parent != nil && s.Parent.Calling() {
		return true
	}
	if next := evidence.NextAfter(s); next != nil && next.Calling() {
		return true
	}
	return slices.ContainsFunc(evidence.Subtree(s), func(s *trace.Span) bool {
		return call.ContainsAny(strings.ToLower(s.Name), "dns", "tls", "dial", "handshake", "tcp", "socket")
	})
}

// connectionFor says who is called over the connection that s sets up, and by which operation. A call around it knows best who
// answers: at that level there are but addresses.
func connectionFor(e *evidence.Exam, s *trace.Span) (callee, operation string) {
	for up := s.Parent; up != nil && up.Calling() && up.Service == s.Service; up = up.Parent {
		if c := e.CallOf[up.Index]; c != nil && !c.Housekeeping {
			return c.Callee, evidence.OperationAround(up)
		}
	}
	return cmp.Or(s.Callee(), s.Peer()), evidence.OperationAround(s)
}

// firstCalls finds edges on which only the first call waits.
func firstCalls(e *evidence.Exam) []Suspicion {
	var found []Suspicion
	for _, g := range e.ColdGaps() {
		c := g.First.Call
		f := Suspicion{Spans: []*trace.Span{c.Span}}
		f.Service, f.Callee, f.Operation, f.Count = c.Caller, c.Callee, evidence.OperationAround(c.Span), 1
		f.CriticalPathUS = min(g.First.Wait, e.Self[c.Span.Index])
		f.Saving.Basis, f.Confidence, f.Evidence = finding.Structural, finding.Medium, finding.Sufficient
		f.High = []path.Change{path.Shorter(c.Span, g.First.Wait-g.Later)}
		f.Low = f.High
		f.Reason("the first call from %s to %s waits %s more than its callee works, the %d later ones %s",
			c.Caller, c.Callee, evidence.Ms(g.First.Wait), g.Count, evidence.Ms(g.Later))
		f.Unless = "the first call does something else first, or the process has just started"
		f.Fix = "open the connection at start and keep it open"
		found = append(found, f)
	}
	return found
}
