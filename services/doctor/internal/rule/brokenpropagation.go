package rule

import (
	"fmt"
	"net/netip"
	"slices"
	"strings"

	"spanwise/doctor/finding"
	"spanwise/doctor/internal/evidence"
	"spanwise/doctor/trace"
)

var brokenPropagation = Rule{
	Kind:  "broken-propagation",
	Lead:  "The trace is broken at {service}[, in calls to {callee}]",
	Title: "One request in pieces: the trace context was lost between two services, or spans never arrived",
	Doc: `A span names a parent that is not in the trace: the parent was lost on the way (not sampled, not exported,
still running). Such spans are counted by the parent they miss. Or the trace has several roots that no link
explains. Or, with other traces, a call without a callee's span has its other half as the root of another trace:
same method and path, within the time of the call, and the only one that fits. Then the header was lost between
the two, and the report names the two traces that belong together. Without other traces such a call is mentioned
only if its address is in the same network, and another call of the same service was answered with a span.

If such spans fill most of a stretch in which a span of the request records nothing, the stretch is not reported as dark-time: what
is missing are the calls between the two, and the finding stands for the time.

Or a part of the trace came under another trace id: cut to 64 bits, or begun anew by something that kept the parent.
The doctor reads both as one, but tracing back ends do not.

Saving: none; but everything behind the break is missing from the figures.

What can mislead it: callees that are not instrumented, which look like lost ones until their other half is
found.`,
	Find: findBrokenPropagation,

	CostsNoTime: true,
}

func findBrokenPropagation(e *evidence.Exam) []Suspicion {
	found := orphans(e)
	if s, ok := severalRoots(e); ok {
		found = append(found, s)
	}
	for i := range found {
		fillsDark(e, &found[i])
	}
	return slices.Concat(found, changedIDs(e), otherHalves(e), lostHalves(e))
}

// changedIDs reports parts of the request that came under another trace id. They are joined already, but a tracing back end shows them
// apart.
func changedIDs(e *evidence.Exam) []Suspicion {
	var all gathering
	for _, p := range e.Trace.Pieces {
		if p.Linked {
			continue
		}
		s := Suspicion{Spans: []*trace.Span{p.Top}}
		s.Service, s.Operation, s.Count = p.Top.Service, p.Top.Name, 1
		s.Saving.Basis, s.Confidence, s.Evidence = finding.None, finding.High, finding.Sufficient
		s.Figures.TraceIDs = []string{e.Trace.ID, p.TraceID}
		s.Reason("`%s` in %s and what is below it have the trace id %s, but belong to %s; this report reads them as one",
			p.Top.Name, p.Top.Service, p.TraceID, e.Trace.ID)
		if parent := p.Top.Parent; parent != nil {
			s.Service, s.Callee = parent.Service, p.Top.Service
			s.Reason("their parent is `%s` in %s", parent.Name, parent.Service)
		}
		if strings.HasSuffix(e.Trace.ID, strings.TrimLeft(p.TraceID, "0")) {
			s.Reason("the id was cut to 64 bits between the two")
		}
		s.Unless = "the two ids are alike by chance"
		s.Fix = "pass the whole trace id on, all 128 bits of it: check the propagators on both sides, and proxies between them"
		all.add(s)
	}
	return all.heaviest(e)
}

// orphans reports spans by the parent they miss.
func orphans(e *evidence.Exam) []Suspicion {
	missing := map[string][]*trace.Span{}
	var order []string
	for _, s := range e.Trace.Orphans {
		if missing[s.ParentID] == nil {
			order = append(order, s.ParentID)
		}
		missing[s.ParentID] = append(missing[s.ParentID], s)
	}
	var all gathering
	for _, id := range order {
		spans := missing[id]
		first := spans[0]
		s := Suspicion{Spans: spans}
		s.Service, s.Operation, s.Count = first.Service, first.Name, len(spans)
		s.Saving.Basis, s.Confidence, s.Evidence = finding.None, finding.Medium, finding.NeedsOtherTraces
		s.Reason("%s in %s, from `%s` on, name a parent that is missing",
			evidence.Times(len(spans), "span"), first.Service, first.Name)
		s.Unless = "the parent is still running, or arrives later"
		s.Fix = "look for spans that were dropped on the way (sampling, full queues, an exporter that was not flushed at exit)"
		all.add(s)
	}
	return all.heaviest(e)
}

// fillsDark adds what a break hides: the stretch of the request that the unconnected spans fill.
func fillsDark(e *evidence.Exam, s *Suspicion) {
	for _, fill := range e.Dark().Fills {
		us := fill.Filled(s.Spans)
		if us*10 < fill.Stretch.Duration() {
			continue
		}
		if s.CriticalPathUS == 0 {
			s.Minor = false
			s.Confidence, s.Evidence = finding.Medium, finding.Sufficient
			s.Reason("they run for %s of the %s in which `%s` in %s records nothing: the calls between are missing",
				us, fill.Stretch.Duration(), fill.Span.Name, fill.Span.Service)
			s.Fix = fmt.Sprintf("export the spans of the calls from %s to %s, and look for spans that were dropped on the way (sampling, full queues, an exporter that was not flushed at exit)",
				fill.Span.Service, s.Service)
		}
		s.CriticalPathUS += us
	}
}

// severalRoots reports roots other than the headline that no link explains.
func severalRoots(e *evidence.Exam) (Suspicion, bool) {
	var s Suspicion
	for _, r := range e.Trace.Roots {
		if r != e.Root && len(r.Links) == 0 && r.Kind != trace.Consumer {
			s.Spans = append(s.Spans, r)
		}
	}
	if len(s.Spans) == 0 {
		return s, false
	}
	first := s.Spans[0]
	s.Service, s.Operation, s.Count = first.Service, first.Name, len(s.Spans)
	s.Saving.Basis, s.Confidence, s.Evidence, s.Minor = finding.None, finding.Low, finding.NeedsOtherTraces, first.Kind != trace.Server
	s.Reason("the trace has %s in addition to `%s`; the first is `%s` in %s",
		evidence.Times(len(s.Spans), "root"), e.Root.Name, first.Name, first.Service)
	s.Unless = "the trace is a session or a batch that holds several requests on purpose"
	s.Fix = "start these spans with the context of the span that caused them"
	return s, true
}

// otherHalves reports calls whose callee's span is the root of another trace, and roots whose call is in another
// trace.
func otherHalves(e *evidence.Exam) []Suspicion {
	var all gathering
	for _, c := range e.Calls {
		if d, ok := e.History.Answered(e, c); ok {
			all.add(twoHalves(c.Span, c.Span, e, d.Span, d.Exam))
		}
	}
	if d, ok := e.History.CalledBy(e); ok {
		all.add(twoHalves(e.Root, d.Span, d.Exam, e.Root, e))
	}
	return all.heaviest(e)
}

// twoHalves is the finding about a call and its answer in two traces; here is the one in this trace.
func twoHalves(here, asked *trace.Span, caller *evidence.Exam, root *trace.Span, callee *evidence.Exam) Suspicion {
	s := Suspicion{Spans: []*trace.Span{here}}
	s.Service, s.Operation, s.Callee, s.Count = asked.Service, asked.Name, root.Service, 1
	s.Saving.Basis, s.Confidence, s.Evidence = finding.None, finding.High, finding.Sufficient
	s.Reason("traces %s and %s look like one request: `%s` in %s has no callee, and the only root inside its time that fits is `%s` in %s",
		caller.Trace.ID, callee.Trace.ID, asked.Name, asked.Service, root.Name, root.Service)
	s.Figures.TraceIDs = []string{caller.Trace.ID, callee.Trace.ID}
	s.Unless = "another client sent the same request at the same moment"
	s.Fix = fmt.Sprintf("make the client in %s send the traceparent header to %s, and anything between the two pass it on",
		asked.Service, root.Service)
	return s
}

// lostHalves mentions calls whose other half may be in another trace, if no other trace is given.
func lostHalves(e *evidence.Exam) []Suspicion {
	if len(e.History.Exams) > 1 {
		return nil
	}
	traced := map[string]bool{} // services some of whose callees have spans
	for _, c := range e.Calls {
		traced[c.Caller] = traced[c.Caller] || c.Server != nil && c.Span.Kind == trace.Client
	}
	var all gathering
	for _, c := range e.Calls {
		mayHaveOther := c.Server == nil && !c.Store && !c.Failed && c.Span.Kind == trace.Client && evidence.HalfKey(c.Span) != ""
		if !mayHaveOther || !traced[c.Caller] || !neighbour(c.Span) {
			continue
		}
		s := Suspicion{Spans: []*trace.Span{c.Span}, Minor: true}
		s.Service, s.Operation, s.Callee, s.Count = c.Caller, c.Span.Name, c.Callee, 1
		s.Saving.Basis, s.Confidence, s.Evidence = finding.None, finding.Low, finding.NeedsOtherTraces
		s.Reason("%s has no callee's span, but other calls of %s have one: its other half may be a trace of its own", c.Describe(), c.Caller)
		s.Unless = "the callee is not instrumented"
		s.Fix = "look for a trace that starts with this call, at the same moment"
		all.add(s)
	}
	return all.heaviest(e)
}

// neighbour reports whether a call goes to an address within a private network: a bare name, a private IP address,
// or a name below .internal or .local (RFC 6762 reserves the latter).
func neighbour(s *trace.Span) bool {
	host := s.PeerHost()
	if ip, err := netip.ParseAddr(strings.Trim(host, "[]")); err == nil {
		return ip.IsPrivate() || ip.IsLoopback() || ip.IsLinkLocalUnicast()
	}
	return host != "" && (!strings.Contains(host, ".") || strings.HasSuffix(host, ".internal") || strings.HasSuffix(host, ".local"))
}
