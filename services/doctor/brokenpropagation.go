package doctor

import (
	"fmt"
	"net/netip"
	"slices"
	"strings"

	"spanwise/doctor/call"
	"spanwise/doctor/trace"
)

var brokenPropagation = rule{
	kind:  BrokenPropagation,
	title: "One request in pieces: the trace context was lost between two services, or spans never arrived",
	doc: `A span names a parent that is not in the trace: its parent was lost on the way (not sampled, not
exported, still running). Spans are counted by the parent they miss. Or the trace has several roots that no link
explains. Or, with other traces given, a call without a callee's span has its other half as the root of another
trace: same method and path, inside the call's time, and the only one that fits. Then the header was lost
between the two, and the report says which two traces belong together. Without other traces such a call is mentioned
only if it goes to a neighbour, by its address, and another call of the same service was answered with a span.

Saving: none; but everything behind the break is missing from the figures.

What fools it: callees that are not instrumented, which look like lost ones until their other half is found.`,
	find: findBrokenPropagation,
}

func findBrokenPropagation(e *exam) []suspicion {
	found := e.orphans()
	if s, ok := e.severalRoots(); ok {
		found = append(found, s)
	}
	return slices.Concat(found, e.otherHalves(), e.lostHalves())
}

// orphans reports spans by the parent they miss.
func (e *exam) orphans() []suspicion {
	missing := map[string][]*trace.Span{}
	var order []string
	for _, s := range e.trace.Orphans {
		if missing[s.ParentID] == nil {
			order = append(order, s.ParentID)
		}
		missing[s.ParentID] = append(missing[s.ParentID], s)
	}
	var all gathering
	for _, id := range order {
		spans := missing[id]
		first := spans[0]
		s := suspicion{spans: spans}
		s.Service, s.Operation, s.Count = first.Service, first.Name, len(spans)
		s.Saving.Basis, s.Confidence, s.Evidence = None, Medium, NeedsOtherTraces
		s.Because = fmt.Sprintf("%s in %s, from `%s` on, without the parent they name",
			times(len(spans), "span"), first.Service, first.Name)
		s.Unless = "the parent is still running, or arrives later"
		s.Fix = "look for spans dropped on the way (sampling, full queues, an exporter that was not flushed at exit)"
		all.add(s)
	}
	return all.heaviest(e)
}

// severalRoots reports roots beside the headline that no link explains.
func (e *exam) severalRoots() (suspicion, bool) {
	var s suspicion
	for _, r := range e.trace.Roots {
		if r != e.root && len(r.Links) == 0 && r.Kind != trace.Consumer {
			s.spans = append(s.spans, r)
		}
	}
	if len(s.spans) == 0 {
		return s, false
	}
	first := s.spans[0]
	s.Service, s.Operation, s.Count = first.Service, first.Name, len(s.spans)
	s.Saving.Basis, s.Confidence, s.Evidence, s.minor = None, Low, NeedsOtherTraces, first.Kind != trace.Server
	s.Because = fmt.Sprintf("the trace has %s besides `%s`, the first being `%s` in %s",
		times(len(s.spans), "root"), e.root.Name, first.Name, first.Service)
	s.Unless = "it is a session or a batch that holds several requests on purpose"
	s.Fix = "start these spans with the context of the one that caused them"
	return s, true
}

// otherHalves reports calls whose callee's span is the root of another trace, and such roots whose call is found.
func (e *exam) otherHalves() []suspicion {
	var all gathering
	for _, c := range e.calls {
		if d, ok := e.history.answered(e, c); ok {
			all.add(twoHalves(c.Span, c.Span, e, d.span, d.exam))
		}
	}
	if d, ok := e.history.calledBy(e); ok {
		all.add(twoHalves(e.root, d.span, d.exam, e.root, e))
	}
	return all.heaviest(e)
}

// twoHalves is the finding about a call and its answer in two traces; here is the one in this trace.
func twoHalves(here, asked *trace.Span, caller *exam, root *trace.Span, callee *exam) suspicion {
	s := suspicion{spans: []*trace.Span{here}}
	s.Service, s.Operation, s.Callee, s.Count = asked.Service, asked.Name, root.Service, 1
	s.Saving.Basis, s.Confidence, s.Evidence = None, High, Sufficient
	s.Because = fmt.Sprintf("traces %s and %s look like one request: `%s` in %s has no callee, and the only root inside its time that fits is `%s` in %s",
		caller.trace.ID, callee.trace.ID, asked.Name, asked.Service, root.Name, root.Service)
	s.Unless = "somebody else asked the same at the same moment"
	s.Fix = fmt.Sprintf("make %s's client send the traceparent header to %s, or whatever stands between them pass it on",
		asked.Service, root.Service)
	return s
}

// lostHalves mentions calls whose other half may be in another trace, where there is none to look into.
func (e *exam) lostHalves() []suspicion {
	if len(e.history.exams) > 1 {
		return nil
	}
	traced := map[string]bool{} // services that get spans of those they call
	for _, c := range e.calls {
		traced[c.Caller] = traced[c.Caller] || c.Server != nil && c.Span.Kind == trace.Client
	}
	var all gathering
	for _, c := range e.calls {
		if c.Server != nil || c.Store || c.Failed || c.Span.Kind != trace.Client || half(c.Span) == "" || !traced[c.Caller] || !neighbour(c.Span) {
			continue
		}
		s := suspicion{spans: []*trace.Span{c.Span}, minor: true}
		s.Service, s.Operation, s.Callee, s.Count = c.Caller, c.Span.Name, c.Callee, 1
		s.Saving.Basis, s.Confidence, s.Evidence = None, Low, NeedsOtherTraces
		s.Because = fmt.Sprintf("%s was answered without a span, and other calls of %s with one: its other half may be a trace of its own", c.Describe(), c.Caller)
		s.Unless = "the callee makes no spans"
		s.Fix = "look for a trace that begins with this call, at the same moment"
		all.add(s)
	}
	return all.heaviest(e)
}

// neighbour reports whether a call goes to an address that only a network of one's own has: a bare name, a number that is not
// routed outside, or a name below .internal or .local (RFC 6762 has the latter).
func neighbour(s *trace.Span) bool {
	host := s.PeerHost()
	if ip, err := netip.ParseAddr(strings.Trim(host, "[]")); err == nil {
		return ip.IsPrivate() || ip.IsLoopback() || ip.IsLinkLocalUnicast()
	}
	return host != "" && (!strings.Contains(host, ".") || strings.HasSuffix(host, ".internal") || strings.HasSuffix(host, ".local"))
}

// A door is one half of a call whose other half is missing: a root that serves, or a call without an answer.
type door struct {
	exam *exam
	span *trace.Span
}

// learnHalves notes the halves of a trace, by what is asked.
func (h *history) learnHalves(e *exam) {
	if k := half(e.root); k != "" && e.root.Kind == trace.Server && e.root.ParentID == "" {
		h.doors[k] = append(h.doors[k], door{e, e.root})
	}
	for _, c := range e.calls {
		if k := half(c.Span); k != "" && c.Server == nil && c.Span.Kind == trace.Client {
			h.waiting[k] = append(h.waiting[k], door{e, c.Span})
		}
	}
}

// half is what both halves of an HTTP call say: method, path, and query as far as both have it.
func half(s *trace.Span) string {
	method := s.Get(trace.HTTPMethod)
	if method == "" {
		return ""
	}
	_, path, _ := call.CutURL(s.Get(trace.URLFull))
	if path == "" {
		_, path, _ = call.CutURL(s.Get(trace.URLPath))
	}
	if path == "" {
		return ""
	}
	return method + " " + path
}

// By how much the clocks of the two halves may differ, and how coarse their timestamps may be.
const (
	tolerance = 2000 // µs
	rounding  = 1000 // µs
)

// answered finds the one root of another trace that fits into a call without a callee.
func (h *history) answered(e *exam, c *call.Call) (door, bool) {
	if c.Server != nil || c.Span.Kind != trace.Client {
		return door{}, false
	}
	return only(h.doors[half(c.Span)], func(d door) bool { return d.exam != e && fits(c.Span, d.span) }, func(d door) bool {
		_, unique := only(h.waiting[half(d.span)], func(w door) bool { return fits(w.span, d.span) }, nil)
		return unique
	})
}

// calledBy finds the one call of another trace that e's root fits into.
func (h *history) calledBy(e *exam) (door, bool) {
	if e.root.Kind != trace.Server || e.root.ParentID != "" {
		return door{}, false
	}
	return only(h.waiting[half(e.root)], func(d door) bool { return d.exam != e && fits(d.span, e.root) }, func(d door) bool {
		_, unique := only(h.doors[half(d.span)], func(r door) bool { return fits(d.span, r.span) }, nil)
		return unique
	})
}

func fits(asked, root *trace.Span) bool {
	return root.Start >= asked.Start-tolerance && root.End() <= asked.End()+tolerance && root.Duration <= asked.Duration+rounding
}

// only returns the one door that is right, if there is exactly one, and the other side agrees.
func only(doors []door, right func(door) bool, agrees func(door) bool) (found door, ok bool) {
	for _, d := range doors {
		if !right(d) {
			continue
		}
		if ok {
			return door{}, false
		}
		found, ok = d, true
	}
	return found, ok && (agrees == nil || agrees(found))
}
