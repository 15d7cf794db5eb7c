package doctor

import (
	"fmt"

	"spanwise/doctor/call"
	"spanwise/doctor/path"
	"spanwise/doctor/trace"
)

var slowSelf = rule{
	kind:  SlowSelf,
	title: "One inner operation of a service takes the time itself",
	doc: `An operation that a service runs within itself, and that has a span of its own, is the place whose
typical visit takes longest (see slow-dependency), or takes 30 % of the request by itself. Its own time counts:
time during which it waited for nobody that left a span. So it computes, encodes, sleeps, or waits for something
unseen.

Less than 100 ms, and what takes as long as in other traces, are only mentioned, as with slow-dependency.

The span through which a request enters a service is not such an operation: all that its own time says is that
nothing was recorded there (see dark-time, slow-dependency).

Saving: with other traces to compare, the operation replayed at its usual duration; and the cap, its own time
replayed as nothing.

What fools it: a span around something that waits (a lock, a file, an uninstrumented client).`,
	find: findSlowSelf,
}

func findSlowSelf(e *exam) []suspicion {
	worth, mention := e.suspects()
	var found []suspicion
	for i, p := range append(worth, mention...) {
		if !p.inner() {
			continue
		}
		s := suspicion{spans: outermost(p.calls())}
		s.Service, s.Operation, s.Count = p.service, p.operation, len(p.visits)
		s.CriticalPathUS = p.us
		s.Saving.Basis = Structural
		for _, span := range p.spans {
			s.high = append(s.high, path.Shorter(span, e.own[span.Index]))
		}
		s.Confidence = e.certainty(p)
		s.Because = fmt.Sprintf("%s is %s itself in %d × `%s`, waiting for nobody that left a span",
			e.part(p.us), p.service, len(p.visits), p.operation)
		s.Unless = "it waits for something that leaves no span: a lock, a file, an uninstrumented client"
		s.Fix = fmt.Sprintf("profile `%s` in %s, or do less of it", p.operation, p.service)
		known := e.compare(&s, s.spans)
		if e.coldStart(s.spans[0]) {
			s.Because += "; it was a cold start"
			s.Unless = "only the first request to an instance pays for it, and that is rare enough"
		}
		e.judge(p, &s, known)
		s.minor = s.minor || i >= len(worth)
		found = append(found, s)
	}
	return found
}

// coldStart reports whether the process began for this request, by what functions as a service say of it.
func (e *exam) coldStart(s *trace.Span) bool {
	return e.door[s.Index].Get(trace.ColdStart) == "true"
}

// inner reports whether a place is its process's own work: neither an edge nor a process's entry.
func (p *place) inner() bool {
	s := p.visits[0].span
	return !p.isEdge() && s.Parent != nil && s.Kind != trace.Server && s.Kind != trace.Consumer && !call.Housekeeping(s)
}

// outermost leaves out spans that lie directly below another of the list.
func outermost(spans []*trace.Span) []*trace.Span {
	in := map[*trace.Span]bool{}
	for _, s := range spans {
		in[s] = true
	}
	var list []*trace.Span
	for _, s := range spans {
		if s.Parent == nil || !in[s.Parent] {
			list = append(list, s)
		}
	}
	return list
}
