package rule

import (
	"fmt"

	"spanwise/doctor/finding"
	"spanwise/doctor/internal/evidence"
	"spanwise/doctor/path"
	"spanwise/doctor/trace"
)

var slowSelf = Rule{
	Kind:  finding.SlowSelf,
	Title: "One inner operation of a service takes the time itself",
	Doc: `An operation that a service runs within itself, and that has a span of its own, is the place whose
typical visit takes longest (see slow-dependency), or takes 30 % of the request by itself. Its own time counts:
time during which it waited for nobody that left a span. So it computes, encodes, sleeps, or waits for something
unseen.

Less than 100 ms, and what takes as long as in other traces, are only mentioned, as with slow-dependency.

The span through which a request enters a service is not such an operation: all that its own time says is that
nothing was recorded there (see dark-time, slow-dependency).

Saving: with other traces to compare, the operation replayed at its usual duration; and the cap, its own time
replayed as nothing.

What can mislead it: a span around something that waits (a lock, a file, an uninstrumented client).`,
	Find: findSlowSelf,
}

func findSlowSelf(e *evidence.Exam) []Suspicion {
	worth, mention := e.SlowPlaces()
	var found []Suspicion
	for i, p := range append(worth, mention...) {
		if !p.Inner() {
			continue
		}
		s := Suspicion{Spans: outermost(p.Calls())}
		s.Service, s.Operation, s.Count = p.Service, p.Operation, len(p.Visits)
		s.CriticalPathUS = p.Total
		s.Saving.Basis = finding.Structural
		for _, span := range p.Spans {
			s.High = append(s.High, path.Shorter(span, e.Self[span.Index]))
		}
		s.Confidence = certainty(e, p)
		s.Reason("%s is %s itself in %d × `%s`, waiting for nobody that left a span",
			e.DescribeShare(p.Total), p.Service, len(p.Visits), p.Operation)
		s.Unless = "it waits for something that leaves no span: a lock, a file, an uninstrumented client"
		s.Fix = fmt.Sprintf("profile `%s` in %s, or do less of it", p.Operation, p.Service)
		known := compare(e, &s, s.Spans)
		if coldStart(e, s.Spans[0]) {
			s.Reason("it was a cold start")
			s.Unless = "only the first request to an instance pays for it, and that is rare enough"
		}
		judge(e, p, &s, known)
		s.Minor = s.Minor || i >= len(worth)
		found = append(found, s)
	}
	return found
}

// coldStart reports whether the process began for this request, by what functions as a service say of it.
func coldStart(e *evidence.Exam, s *trace.Span) bool {
	return e.Entry[s.Index].Get(trace.ColdStart) == "true"
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
