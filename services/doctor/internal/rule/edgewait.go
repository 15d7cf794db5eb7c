package rule

import (
	"fmt"
	"slices"

	"spanwise/doctor/finding"
	"spanwise/doctor/internal/evidence"
	"spanwise/doctor/path"
	"spanwise/doctor/trace"
)

var edgeWait = Rule{
	Kind:  "edge-wait",
	Lead:  "Calls from {service}[ to {callee}] lose time in transit",
	Title: "A caller waits much longer than its callee works: the time is lost between the two",
	Doc: `A client span takes at least 10 ms more, and at least twice as long, as the server span that answers it,
and that time is on the critical path. Only durations are compared, so the clocks may disagree.

Compare this with the other edges of the caller. If only one edge is slow, look at the network, a proxy, the
callee's accept queue, or the caller's connection pool for that callee.

The caller itself is starved (CPU, garbage collection, event loop, threads), or everything behind its network
interface is slow, if one of these holds; the finding then names the caller:

(1) calls to three or more callees are equally late, or to two, if the caller has no others and none of its calls is
prompt;

(2) the caller's own unexplained time is a quarter as long as the time lost;

(3) calls to three or more callees, with or without spans of their own, end together, though one of them was
answered long before; two callees are enough if the answer waited for 100 ms or more.

If the callee's span says that it was a cold start (faas.coldstart), the time until it begins went on starting an
instance, and the finding says so.

An edge that is expensive because it is used often, and not because a typical call is slow, is up to the caller:
it ranks below edges that are slow each time, and is only mentioned below 30 % of the request. So is a single call
that loses less than 20 ms, which happens on any busy machine.

Saving: the calls replayed with the gap that the healthy calls of this trace have; the cautious figure takes
half of it. If the caller is starved, the upper figure includes its own time. It is an upper bound, because
other requests use the same network and queues.

What can mislead it: a client that reads its answer slowly, a server whose span starts only after its own
middleware, and work that the callee does before its span starts.`,
	Find: findEdgeWait,
}

func findEdgeWait(e *evidence.Exam) []Suspicion {
	var found []Suspicion
	worth, _ := e.SlowPlaces()
	callers, healthy := e.Gaps()
	for _, gaps := range e.ColdStarts() {
		found = append(found, newColdStart(e, gaps))
	}
	stalled := map[string]bool{} // callers
	for _, st := range e.Stalls() {
		caller := st.Answered.Call.Caller
		if !stalled[caller] {
			stalled[caller] = true
			found = append(found, newStall(e, st, healthy))
		}
	}
	for _, by := range callers {
		if stalled[by.Caller] {
			continue
		}
		if by.Starved() {
			found = append(found, newStarvedCaller(e, by.Caller, slices.Concat(by.Callees...), healthy,
				fmt.Sprintf("its calls to all %d callees are equally late", len(by.Callees))))
			continue
		}
		for _, all := range by.Callees {
			callee, gaps := all[0].Call.Callee, e.WaitedFor(all)
			if len(gaps) == 0 {
				continue
			}
			if own := e.Lateness(gaps); own > 0 {
				found = append(found, newStarvedCaller(e, by.Caller, gaps, healthy,
					fmt.Sprintf("%s itself spends another %s around these calls, which the callee cannot cause", by.Caller, own)))
				continue
			}
			s := newEdgeWait(e, by.Caller, callee, gaps, healthy)
			alsoHelps(e, &s, all, healthy)
			if !slices.ContainsFunc(worth, func(p *evidence.Place) bool { return p.Caller == by.Caller && p.Service == callee }) {
				s.Behind, s.Minor = true, s.Minor || e.BusyShare(s.CriticalPathUS) < evidence.MainShare
			}
			found = append(found, s)
		}
	}
	return found
}

// newStall is the finding about a caller that handled no answers for a time. All calls that end with the stall end sooner without it.
func newStall(e *evidence.Exam, st evidence.Stall, healthy trace.Micros) Suspicion {
	answered := st.Answered.Call
	s := newStarvedCaller(e, answered.Caller, []evidence.Gap{st.Answered}, healthy,
		endTogether(len(st.Others)))
	for _, c := range st.Others {
		s.Spans = append(s.Spans, c.Span)
		s.Low = append(s.Low, path.LessSelfTime(c.Span, st.Answered.Wait/2))
		s.High = append(s.High, path.LessSelfTime(c.Span, st.Answered.Wait))
		s.CriticalPathUS += min(st.Answered.Wait, e.Self[c.Span.Index])
	}
	s.Count += len(st.Others)
	s.Confidence = finding.High
	return s
}

// alsoHelps adds the gaps that are not on the critical path to the fixes, because what shortens one shortens all. Short ones are left out:
// the answers to many calls at once are all handled a little late.
func alsoHelps(e *evidence.Exam, s *Suspicion, all []evidence.Gap, healthy trace.Micros) {
	for _, g := range all {
		if lost := g.Wait - min(g.Wait, healthy); e.Self[g.Call.Span.Index] == 0 && g.Wait >= evidence.LongStall {
			s.Low = append(s.Low, path.LessSelfTime(g.Call.Span, lost/2))
			s.High = append(s.High, path.LessSelfTime(g.Call.Span, lost))
		}
	}
}

func endTogether(others int) string {
	if others == 1 {
		return "another call ends at the same moment"
	}
	return fmt.Sprintf("%d other calls end at the same moment", others)
}

// newStarvedCaller is the finding that names the caller. What holds it up also holds up its own work, so the upper
// bound of the saving includes that.
func newStarvedCaller(e *evidence.Exam, caller string, gaps []evidence.Gap, healthy trace.Micros, why string) Suspicion {
	s := newEdgeWait(e, caller, "", gaps, healthy)
	for _, span := range e.OnPath {
		if span.Service == caller && !span.Calling() {
			s.High = append(s.High, path.LessSelfTime(span, e.Self[span.Index]))
		}
	}
	s.Lead = "{service} is late to handle the answers to its calls[ to {callee}]"
	s.Reason("%s, so the caller itself is late", why)
	s.Fix = fmt.Sprintf("find what holds up %s: CPU limits, garbage collection, threads, its network interface", caller)
	return s
}

func newEdgeWait(e *evidence.Exam, caller, callee string, gaps []evidence.Gap, healthy trace.Micros) Suspicion {
	var s Suspicion
	var waited, lasted, worked trace.Micros
	for _, g := range gaps {
		s.Spans = append(s.Spans, g.Call.Span)
		s.CriticalPathUS += min(g.Wait, e.Self[g.Call.Span.Index])
		waited += g.Wait
		lasted += g.Call.Span.Duration
		worked += g.Call.Server.Duration
		s.Low = append(s.Low, path.LessSelfTime(g.Call.Span, (g.Wait-min(g.Wait, healthy))/2))
		s.High = append(s.High, path.LessSelfTime(g.Call.Span, g.Wait-min(g.Wait, healthy)))
	}
	first := gaps[0].Call
	s.Service, s.Operation, s.Callee, s.Count = caller, evidence.OperationAround(first.Span), callee, len(gaps)
	s.Saving.Basis, s.Evidence, s.Confidence = finding.Shared, finding.Sufficient, finding.Medium
	if waited*10 >= lasted*9 && waited >= 10*healthy {
		s.Confidence = finding.High
	}
	others := ""
	if us := lasted - waited - worked; us > 0 { // for example connecting
		others = fmt.Sprintf(", other spans below it %s", us)
	}
	s.Reason("%s from %s took %s, but the callee's own spans cover only %s%s; the other %s is lost in between",
		evidence.Times(len(gaps), "call"), caller, lasted, worked, others, waited)
	s.Figures.WaitUS, s.Figures.WorkUS = waited, worked
	s.Minor = len(gaps) == 1 && waited < evidence.SlowVisit // a busy machine makes any call so late now and then
	if healthy > 0 {
		s.Reason("other calls lose %s there", healthy)
	}
	s.Unless = "the callee works before its span starts, or the caller reads the answer slowly"
	s.Fix = fmt.Sprintf("look between %s and %s: network, proxy, accept queue, connection pool", caller, callee)
	return s
}
