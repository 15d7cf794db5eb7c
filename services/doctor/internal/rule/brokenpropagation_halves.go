package rule

import (
	"fmt"
	"net/netip"
	"strings"

	"spanwise/doctor/finding"
	"spanwise/doctor/internal/evidence"
	"spanwise/doctor/trace"
)

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
