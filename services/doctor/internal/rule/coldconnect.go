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
	Kind:  "cold-connect",
	Lead:  "{service} spends time opening connections[ to {callee}]",
	Title: "Connections are set up while the request waits",
	Doc: `Spans of connecting (a database login, dialing, DNS, TLS, the commands with which a client greets a store)
are on the critical path. If the tracer records none, the first call on an edge shows it: it waits at least 10 ms
longer than its callee works, and five times as long as the three or more later calls, none of which waits 10 ms.
A span that is named "connect", but names no peer and does not belong to a call, is reported with low confidence.
A step that gets a connection, and says that it was open before, is not one (see pool-wait).

Saving: the connecting replayed as nothing, on the critical path and in parallel to it; for a first call, its wait
replayed as long as that of the later calls. If several connections are set up one after another, the cautious
figure keeps the first.

What can mislead it: a process that has just started, whose first request pays for all later ones.`,
	Find: findColdConnect,
}

func findColdConnect(e *evidence.Exam) []Suspicion {
	return append(connects(e), firstCalls(e)...)
}

// connects finds spans that set up connections, one finding for each service and callee.
func connects(e *evidence.Exam) []Suspicion {
	index, counted := map[connection]int{}, map[*trace.Span]bool{} // calls that set up a connection
	var found []Suspicion
	for _, s := range e.OnPath {
		if !setsUp(s) {
			continue
		}
		k, operation := connectionFor(e, s)
		if _, known := index[k]; !known {
			index[k] = len(found)
			f := Suspicion{}
			f.Service, f.Callee, f.Operation = k.service, k.callee, operation
			f.Saving.Basis, f.Confidence, f.Evidence = finding.Structural, finding.Low, finding.NeedsAttributes
			found = append(found, f)
		}
	}
	if len(found) == 0 {
		return nil
	}
	for _, s := range e.Trace.Spans {
		if (e.Self[s.Index] == 0 && s.Duration < evidence.Soon) || !setsUp(s) {
			continue
		}
		k, _ := connectionFor(e, s)
		if i, known := index[k]; known {
			found[i].addConnect(e, s, counted)
		}
	}
	found = slices.DeleteFunc(found, func(f Suspicion) bool { return e.PathIn(f.Spans) < evidence.Soon }) // the connection was open already
	for i := range found {
		f := &found[i]
		if f.Count == 1 || evidence.InParallel(f.Spans) {
			f.Low = f.High
		}
		freed := e.Freed(lastSteps(f.Spans))
		f.High, f.Low = append(f.High, freed...), append(f.Low, freed...)
		f.Reason("%s sets up %s while the request waits (`%s`): %s on the critical path",
			f.Service, evidence.Times(f.Count, "connection"), f.Spans[0].Name, e.PathIn(f.Spans))
		f.Unless = "the process has just started, and later requests find the connection open"
		if f.Confidence == finding.Low {
			f.Reason("this is judged by the span's name alone; it names no peer")
			f.Unless = "the span does not set up a connection, despite its name"
		}
		f.Fix = "reuse connections: keep idle ones in the pool, enable keep-alive, read answers to their end; open connections at startup"
	}
	return found
}

// A connection is one of those from a service to a callee.
type connection struct{ service, callee string }

// setsUp reports whether s sets up a connection, as a whole and not as a step of it, and succeeds.
func setsUp(s *trace.Span) bool {
	if !call.Connecting(s) || call.Unreached(s) != nil {
		return false
	}
	return s.Parent == nil || !call.Connecting(s.Parent) && call.Unreached(s.Parent) == nil
}

// addConnect adds a span to the finding about its connection. Those that run in parallel all end sooner if connections are kept open.
// A call sets up one, in several steps.
func (f *Suspicion) addConnect(e *evidence.Exam, s *trace.Span, counted map[*trace.Span]bool) {
	if dials(e, s) {
		f.Confidence, f.Evidence = finding.High, finding.Sufficient
	}
	switch n := len(f.Spans); {
	case s.Parent != nil && s.Parent.Calling():
		if !counted[s.Parent] {
			counted[s.Parent] = true
			f.Count++
		}
	case n == 0 || !greetsAfter(f.Spans[n-1], s):
		f.Count++
	}
	f.Spans = append(f.Spans, s)
	f.High = append(f.High, path.Capped(s, 0))
	if f.Count > 1 {
		f.Low = append(f.Low, path.Capped(s, 0))
	}
}

// greetsAfter reports whether s greets the server on the connection that the step before it opened, or on which that sent another greeting.
func greetsAfter(before, s *trace.Span) bool {
	return s.Parent != nil && s.Parent == before.Parent && call.Greets(s) && s.Start-before.End() < evidence.Soon
}

// lastSteps are the spans after which their connections are there.
func lastSteps(spans []*trace.Span) (list []*trace.Span) {
	for i, s := range spans {
		if i+1 == len(spans) || !greetsAfter(s, spans[i+1]) {
			list = append(list, s)
		}
	}
	return list
}

// dials reports whether more than its name shows that s sets up a connection: a peer, a call that it is part of or
// that follows at once, or a step that only connections have.
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

// connectionFor returns the connection that s sets up, and the operation that needs it. A call around
// s names the callee best: at the level of connections there are only addresses.
func connectionFor(e *evidence.Exam, s *trace.Span) (of connection, operation string) {
	for up := s.Parent; up != nil && up.Calling() && up.Service == s.Service; up = up.Parent {
		if c := e.CallOf[up.Index]; c != nil && !c.Housekeeping {
			return connection{s.Service, c.Callee}, evidence.OperationAround(up)
		}
	}
	return connection{s.Service, cmp.Or(s.Callee(), s.Peer())}, evidence.OperationAround(s)
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
		f.High = []path.Change{path.LessSelfTime(c.Span, g.First.Wait-g.Later)}
		f.Low = f.High
		f.Reason("the first call from %s to %s waits %s longer than its callee works, the %d later ones %s",
			c.Caller, c.Callee, g.First.Wait, g.Count, g.Later)
		f.Unless = "the first call does other work first, or the process has just started"
		f.Fix = "open the connection at startup and keep it open"
		found = append(found, f)
	}
	return found
}
