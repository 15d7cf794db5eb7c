package rule

import (
	"fmt"
	"slices"

	"spanwise/doctor/finding"
	"spanwise/doctor/internal/evidence"
	"spanwise/doctor/path"
)

var edgeWait = Rule{
	Kind:  finding.EdgeWait,
	Title: "A caller waits much longer than the callee works: the time goes between the two",
	Doc: `A client span lasts at least 10 ms, and at least half of its own length, longer than the server
span that answers it, and that time is on the critical path. Only durations are compared, so clocks may
disagree.

Where else the wait shows says what to look at. On one edge only: the network, a proxy, the callee's accept
queue, the caller's connection pool for it. On calls to three or more different callees alike, or to two if it
calls nobody else in time, or where the caller spends a quarter as long unexplained in itself: the caller is
starved (CPU, garbage collection, event loop, threads) or everything behind its network interface is slow. The
finding then names the caller.

What is dear by how often it is asked, and not by a typical call, is the caller's doing: it ranks behind what is slow
whenever it is asked, and is only mentioned below 30 % of the request.

Saving: the calls replayed with the wait that the healthy calls of this trace have; the cautious figure takes
half of it. Where the caller is starved, its own time counts with the most that can be saved. It is an upper
bound, for other requests use the same network and queues.

What can mislead it: a client that reads its answer slowly, a server whose span begins only after its own middleware,
and work that the callee does before its span starts.`,
	Find: findEdgeWait,
}

func findEdgeWait(e *evidence.Exam) []Suspicion {
	var found []Suspicion
	worth, _ := e.SlowPlaces()
	callers, healthy := e.Gaps()
	for _, by := range callers {
		if by.Starved() {
			found = append(found, starvedOf(e, by.Caller, by.All(), healthy,
				fmt.Sprintf("it is so with %d different callees alike", len(by.Callees))))
			continue
		}
		for _, callee := range by.Callees {
			gaps := e.WaitedFor(by.Gaps[callee])
			if len(gaps) == 0 {
				continue
			}
			if own := e.Lateness(gaps); own > 0 {
				found = append(found, starvedOf(e, by.Caller, gaps, healthy,
					fmt.Sprintf("%s itself spends another %s around these calls, for which the callee cannot be the reason", by.Caller, evidence.Ms(own))))
				continue
			}
			s := edgeWaitOf(e, by.Caller, callee, gaps, healthy)
			if !slices.ContainsFunc(worth, func(p *evidence.Place) bool { return p.Caller == by.Caller && p.Service == callee }) {
				s.Behind, s.Minor = true, e.BusyShare(s.CriticalPathUS) < evidence.MainShare
			}
			found = append(found, s)
		}
	}
	return found
}

// starvedOf is the finding that names the caller. What holds it up holds up its own work as well, so that the most that can be saved
// includes that.
func starvedOf(e *evidence.Exam, caller string, gaps []evidence.Gap, healthy int64, why string) Suspicion {
	s := edgeWaitOf(e, caller, "", gaps, healthy)
	for _, span := range e.OnPath {
		if span.Service == caller && !span.Calling() {
			s.High = append(s.High, path.Shorter(span, e.Self[span.Index]))
		}
	}
	s.Reason("%s, so it is the caller that is late", why)
	s.Fix = fmt.Sprintf("look at what holds %s up: CPU limits, garbage collection, threads, its network interface", caller)
	return s
}

func edgeWaitOf(e *evidence.Exam, caller, callee string, gaps []evidence.Gap, healthy int64) Suspicion {
	var s Suspicion
	var waited, lasted, worked int64
	for _, g := range gaps {
		s.Spans = append(s.Spans, g.Call.Span)
		s.CriticalPathUS += min(g.Wait, e.Self[g.Call.Span.Index])
		waited += g.Wait
		lasted += g.Call.Span.Duration
		worked += g.Call.Server.Duration
		s.Low = append(s.Low, path.Shorter(g.Call.Span, (g.Wait-min(g.Wait, healthy))/2))
		s.High = append(s.High, path.Shorter(g.Call.Span, g.Wait-min(g.Wait, healthy)))
	}
	first := gaps[0].Call
	s.Service, s.Operation, s.Callee, s.Count = caller, evidence.OperationAround(first.Span), callee, len(gaps)
	s.Saving.Basis, s.Evidence, s.Confidence = finding.Shared, finding.Sufficient, finding.Medium
	if waited*10 >= lasted*9 && waited >= 10*healthy {
		s.Confidence = finding.High
	}
	others := ""
	if us := lasted - waited - worked; us > 0 { // connecting, say
		others = fmt.Sprintf(", other spans below %s", evidence.Ms(us))
	}
	s.Reason("%s from %s took %s, the callee's own span only %s%s: %s lies between them",
		evidence.Times(len(gaps), "call"), caller, evidence.Ms(lasted), evidence.Ms(worked), others, evidence.Ms(waited))
	s.Figures.WaitUS, s.Figures.WorkUS = waited, worked
	if healthy > 0 {
		s.Reason("the other calls lose %s there", evidence.Ms(healthy))
	}
	s.Unless = "the callee works before its span starts, or the caller reads the answer slowly"
	s.Fix = fmt.Sprintf("look between %s and %s: network, proxy, accept queue, the connection pool of this edge", caller, callee)
	return s
}
