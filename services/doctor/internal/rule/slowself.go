package rule

import (
	"fmt"
	"slices"

	"spanwise/doctor/finding"
	"spanwise/doctor/internal/evidence"
	"spanwise/doctor/path"
	"spanwise/doctor/trace"
)

var slowSelf = Rule{
	Kind:  "slow-self",
	Lead:  "{service} itself is slow in {operation}",
	Title: "One operation inside a service is slow by itself",
	Doc: `An operation that runs within a service, and has a span of its own, is the place whose typical visit takes
longest, or its typical visit takes 30 % of the request (see slow-dependency). Only its own time counts: the time in
which it waits for nothing that has a span. It computes, encodes, sleeps, or waits for something that leaves no
span.

As with slow-dependency, less than 100 ms is only mentioned, and so is an operation that takes as long as in other
traces.

The span through which a request enters a service is not such an operation: its own time shows only that nothing
was recorded there (see dark-time, slow-dependency).

In a process that runs one thing at a time (JavaScript, or Python with asyncio), the computing of another request
holds everything up. If another trace shows a stretch of computing of 20 ms or more that lies within a wait of this
one, covers at least half of it, and ends with it, the finding names that operation instead of the one that waits. It
does not if the same operation did the same in a third request at the time: at most one of them can have computed, so
they wait.

Saving: with other traces to compare, the low estimate replays the operation at its usual duration. The high one
removes its own time, which is an upper bound. For a request that was held up, it is the wait.

What can mislead it: a span around something that waits (a lock, a file, an uninstrumented client); and two
processes of one service that wait for the same thing, which look as if one held up the other.`,
	Find: findSlowSelf,
}

func findSlowSelf(e *evidence.Exam) []Suspicion {
	worth, mention := e.SlowPlaces()
	found, held := victims(e)
	for i, p := range slices.Concat(worth, mention) {
		if p.Inner() && held[p.Visits[0].Span]*2 < p.Longest {
			s := suspectOperation(e, p)
			s.Minor = s.Minor || i >= len(worth)
			found = append(found, s)
		}
	}
	return found
}

func suspectOperation(e *evidence.Exam, p *evidence.Place) Suspicion {
	s := Suspicion{Spans: outermost(p.Calls())}
	s.Service, s.Operation, s.Count = p.Service, p.Operation, len(p.Visits)
	s.CriticalPathUS = p.Total
	s.Saving.Basis, s.Confidence = finding.Structural, shareConfidence(e, p)
	for _, span := range p.Spans {
		s.High = append(s.High, path.LessSelfTime(span, e.Own(span)))
	}
	s.Reason("%s is spent in %s itself, in %d × `%s`; no other span accounts for it",
		e.DescribeShare(p.Total), p.Service, len(p.Visits), p.Operation)
	s.Unless = "it waits for something that leaves no span: a lock, a file, an uninstrumented client"
	s.Fix = fmt.Sprintf("profile `%s` in %s, or make it do less", p.Operation, p.Service)
	result := compare(e, &s, s.Spans)
	if e.Entry[s.Spans[0].Index].Get(trace.ColdStart) == "true" {
		s.Reason("it was a cold start")
		s.Unless = "only the first request to an instance pays for it, and that is rare enough"
	}
	judge(e, p, &s, result)
	return s
}

// outermost leaves out the spans whose parent is in the list too.
func outermost(spans []*trace.Span) []*trace.Span {
	in := map[*trace.Span]bool{}
	for _, s := range spans {
		in[s] = true
	}
	return slices.DeleteFunc(slices.Clone(spans), func(s *trace.Span) bool { return in[s.Parent] })
}
