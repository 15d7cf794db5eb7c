package rule

import (
	"fmt"
	"slices"

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

If such spans fill most of a stretch in which a span of the request records nothing, the stretch is not reported as
dark-time: what is missing are the calls between the two, and the finding stands for the time.

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
		if len(spans) == 1 {
			s.Reason("`%s` in %s names a parent that is missing", first.Name, first.Service)
		} else {
			s.Reason("%d spans in %s, from `%s` on, name a parent that is missing", len(spans), first.Service, first.Name)
		}
		s.Unless = "the parent is still running, or arrives later"
		s.Fix = "look for spans that were dropped on the way (sampling, full queues, an exporter that was not flushed at exit)"
		nameParent(e, &s)
		all.add(s)
	}
	return all.heaviest(e)
}

// fillsDark adds what a break hides: the stretch of the request that the unconnected spans fill.
func fillsDark(e *evidence.Exam, s *Suspicion) {
	covered := evidence.Covered(s.Spans)
	for _, fill := range e.Dark().Fills {
		us := covered.Within(fill.Stretch)
		if us*10 < fill.Stretch.Duration() {
			continue
		}
		if s.CriticalPathUS == 0 {
			s.Minor = false
			s.Confidence, s.Evidence = finding.Medium, finding.Sufficient
			s.Reason("of the %s in which `%s` in %s records nothing, %s pass there: the calls between are missing",
				fill.Stretch.Duration(), fill.Span.Name, fill.Span.Service, us)
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
