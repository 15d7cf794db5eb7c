package doctor

import (
	"fmt"
	"slices"

	"spanwise/doctor/path"
)

var edgeWait = rule{
	kind:  EdgeWait,
	title: "A caller waits much longer than the callee works: the time goes between the two",
	doc: `A client span lasts at least 10 ms, and at least half of its own length, longer than the server
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

What fools it: a client that reads its answer slowly, a server whose span begins only after its own middleware,
and work that the callee does before its span starts.`,
	find: findEdgeWait,
}

func findEdgeWait(e *exam) []suspicion {
	var found []suspicion
	worth, _ := e.suspects()
	callers, healthy := e.gaps()
	for _, by := range callers {
		if by.starved() {
			found = append(found, e.starved(by.caller, by.all(), healthy,
				fmt.Sprintf("it is so with %d different callees alike", len(by.callees))))
			continue
		}
		for _, callee := range by.callees {
			gaps := e.waitedFor(by.gaps[callee])
			if len(gaps) == 0 {
				continue
			}
			if own := e.lateness(gaps); own > 0 {
				found = append(found, e.starved(by.caller, gaps, healthy,
					fmt.Sprintf("%s itself spends another %s around these calls, for which the callee cannot be the reason", by.caller, ms(own))))
				continue
			}
			s := e.edgeWait(by.caller, callee, gaps, healthy)
			if !slices.ContainsFunc(worth, func(p *place) bool { return p.caller == by.caller && p.service == callee }) {
				s.behind, s.minor = true, e.busy(s.CriticalPathUS) < mainShare
			}
			found = append(found, s)
		}
	}
	return found
}

// starved is the finding that names the caller. What holds it up holds up its own work as well, so that the most that can be saved
// includes that.
func (e *exam) starved(caller string, gaps []gap, healthy int64, why string) suspicion {
	s := e.edgeWait(caller, "", gaps, healthy)
	for _, span := range e.spent {
		if span.Service == caller && !span.Calling() {
			s.high = append(s.high, path.Shorter(span, e.own[span.Index]))
		}
	}
	s.Because += "; " + why + ", so it is the caller that is late"
	s.Fix = fmt.Sprintf("look at what holds %s up: CPU limits, garbage collection, threads, its network interface", caller)
	return s
}

func (e *exam) edgeWait(caller, callee string, gaps []gap, healthy int64) suspicion {
	var s suspicion
	var waited, lasted, worked int64
	for _, g := range gaps {
		s.spans = append(s.spans, g.call.Span)
		s.CriticalPathUS += min(g.us, e.own[g.call.Span.Index])
		waited += g.us
		lasted += g.call.Span.Duration
		worked += g.call.Server.Duration
		s.low = append(s.low, path.Shorter(g.call.Span, (g.us-min(g.us, healthy))/2))
		s.high = append(s.high, path.Shorter(g.call.Span, g.us-min(g.us, healthy)))
	}
	first := gaps[0].call
	s.Service, s.Operation, s.Callee, s.Count = caller, operationAround(first.Span), callee, len(gaps)
	s.Saving.Basis, s.Evidence, s.Confidence = Shared, Sufficient, Medium
	if waited*10 >= lasted*9 && waited >= 10*healthy {
		s.Confidence = High
	}
	others := ""
	if us := lasted - waited - worked; us > 0 { // connecting, say
		others = fmt.Sprintf(", other spans below %s", ms(us))
	}
	s.Because = fmt.Sprintf("%s from %s took %s, the callee's own span only %s%s: %s lies between them",
		times(len(gaps), "call"), caller, ms(lasted), ms(worked), others, ms(waited))
	if healthy > 0 {
		s.Because += fmt.Sprintf("; the other calls lose %s there", ms(healthy))
	}
	s.Unless = "the callee works before its span starts, or the caller reads the answer slowly"
	s.Fix = fmt.Sprintf("look between %s and %s: network, proxy, accept queue, the connection pool of this edge", caller, callee)
	return s
}

// waiting reports whether most of the time across an edge is edge wait.
func (e *exam) waiting(p *place) bool {
	var us int64
	for _, v := range p.visits {
		c := e.callOf[v.span.Index]
		if c == nil {
			continue
		}
		if wait, ok := unaccounted(c); ok && (gap{c, wait}).inflated() {
			us += min(wait, e.own[v.span.Index])
		}
	}
	return us*2 >= p.us
}
