package rule

import (
	"fmt"

	"spanwise/doctor/finding"
	"spanwise/doctor/internal/evidence"
	"spanwise/doctor/path"
	"spanwise/doctor/trace"
)

var detachedWork = Rule{
	Kind:  "detached-work",
	Lead:  "{service} keeps working after it has responded",
	Title: "Work that continues after the response, with nothing waiting for it",
	Doc: `A span ended before its child in the same process did, and so did every span above it there: none of them can
have waited for the child. If one of them was still open, it counts as the one that waited. Or a message was
consumed; or a span of another tree or another trace names this request as its cause by a link, and outlives its
cause or runs alongside other work of it. Such work is kept out of the critical path, and does not contribute to the
request's duration. It is mentioned if it takes at least 10 ms, because it shows in the waterfall.

Saving: none, because nothing waited for it.

What can mislead it: parents that end too early by mistake (a span closed before its goroutine or promise is
done), for which the request did wait.`,
	Find: findDetachedWork,

	CostsNoTime: true,
}

func findDetachedWork(e *evidence.Exam) []Suspicion {
	const least = 10 * trace.Millisecond
	var all gathering
	for _, s := range e.Trace.Spans {
		if p := s.Parent; p != nil && s.Duration >= least && e.Model.Waits(p, s) == path.Detached && s.End() > p.End() && !givenUp(e, p) {
			all.add(newDetachedWork(e, p, e, s))
		}
		link, followed := e.Follows[s]
		if !followed {
			continue
		}
		for _, f := range e.History.Followers[link] {
			apart := f.Exam != e || f.Span.Parent == nil && f.Span != e.Root
			if apart && f.Span.Duration >= least && f.Span.End() > s.End() {
				all.add(newDetachedWork(e, s, f.Exam, f.Span))
			}
		}
	}
	return all.heaviest(e)
}

// givenUp reports whether work goes on because the caller of its process gave up, which caller-gave-up reports.
func givenUp(e *evidence.Exam, s *trace.Span) bool {
	return selfOrAbove(s, 15, func(s *trace.Span) bool {
		c := e.CallOf[s.Index]
		return c != nil && c.Failed && c.Server != nil && e.Overrun(c) >= evidence.FarBeyond(c.Span)
	})
}

// newDetachedWork is the finding about work, in this trace or that of another exam, that its cause did not wait for.
func newDetachedWork(e *evidence.Exam, cause *trace.Span, in *evidence.Exam, work *trace.Span) Suspicion {
	s := Suspicion{Minor: true}
	s.Service, s.Operation, s.Count = work.Service, work.Name, 1
	s.Saving.Basis, s.Confidence, s.Evidence = finding.None, finding.High, finding.Sufficient
	elsewhere := ""
	if in == e {
		s.Spans = []*trace.Span{work}
	} else {
		elsewhere = " in trace " + in.Trace.ID
	}
	s.Reason("`%s` in %s takes %s%s%s, and ends %s after `%s`, which caused it",
		work.Name, work.Service, work.Duration, elsewhere, mostly(in, work), work.End()-cause.End(), cause.Name)
	s.Figures.WorkUS, s.Figures.OverrunUS = work.Duration, work.End()-cause.End()
	s.Unless = fmt.Sprintf("`%s` ended its span too early and did wait", cause.Name)
	s.Fix = "nothing for this request; make sure that the work is bounded, and that losing it in a restart is acceptable"
	for up := cause.Parent; up != nil; up = up.Parent {
		if up.End() >= work.End() {
			s.Confidence = finding.Low
			s.Reason("no span shows that anything waited for it")
			s.Unless = fmt.Sprintf("`%s`, which ends later, received its answer another way", up.Name)
			return s
		}
	}
	s.Reason("nothing waited for it")
	return s
}

// mostly names the part of detached work that takes at least half of its own critical path.
func mostly(e *evidence.Exam, work *trace.Span) string {
	const most = 1000 // spans below it
	if below := evidence.Subtree(work); len(below) == 1 || len(below) > most {
		return ""
	}
	own := map[*trace.Span]trace.Micros{}
	for _, seg := range e.Model.Critical(work) {
		if own[seg.Span] += seg.Duration(); own[seg.Span]*2 >= work.Duration && seg.Span != work {
			return fmt.Sprintf(", mostly in `%s`", seg.Span.Name)
		}
	}
	return ""
}
