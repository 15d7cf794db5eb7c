package doctor

import (
	"fmt"

	"spanwise/doctor/trace"
)

var clockSkew = rule{
	kind:  ClockSkew,
	title: "Two clocks disagree, so that effects come before their causes",
	doc: `Each call bounds by how much its callee's clock may be off: the server span has to fit into the
client span. All calls between two processes bound it together. If the bounds leave out zero, the clocks
provably disagree, and the middle of what is left is the offset, give or take half its width. If they contradict
each other, it was not a clock. Less than a millisecond is taken as rounding.

The spans of that process are then moved for ordering and display; durations, on which all else rests, never
change.

Saving: none; wrong clocks cost no time, only understanding.

What fools it: a server span that begins only after the client has stopped waiting, in all calls between the
two.`,
	find: findClockSkew,
}

func findClockSkew(e *exam) []suspicion {
	var found []suspicion
	for _, k := range e.trace.Skews {
		s := suspicion{}
		for _, span := range e.trace.Spans {
			if span.Service == k.Service && span.Host == k.Host && span.Remote() {
				s.spans = append(s.spans, span)
			}
		}
		s.Service, s.Callee, s.Count = k.Service, k.Reference, k.Calls
		s.Operation = operationOf(s.spans)
		s.CriticalPathUS = 0
		s.Saving.Basis, s.Confidence, s.Evidence = None, High, Sufficient
		ahead := "ahead of"
		if k.Offset < 0 {
			ahead = "behind"
		}
		s.Because = fmt.Sprintf("the clock of %s is %s %s that of %s (give or take %s): only so do %s fit into their callers' waits",
			k.Service, ms(max(k.Offset, -k.Offset)), ahead, k.Reference, ms(k.HalfWidth), times(k.Calls, "call"))
		s.Unless = "these server spans began only after their callers had stopped waiting"
		s.Fix = fmt.Sprintf("check the time synchronisation of the hosts of %s and %s", k.Service, k.Reference)
		found = append(found, s)
	}
	return found
}

func operationOf(spans []*trace.Span) string {
	if len(spans) == 0 {
		return ""
	}
	return spans[0].Name
}
