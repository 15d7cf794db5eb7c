package rule

import (
	"fmt"

	"spanwise/doctor/finding"
	"spanwise/doctor/internal/evidence"
	"spanwise/doctor/path"
	"spanwise/doctor/trace"
)

var detachedWork = Rule{
	Kind:  finding.DetachedWork,
	Title: "Work that goes on after the answer, for which nobody waited",
	Doc: `A span ended before its child in the same process did, so it cannot have waited for it; or a
message was consumed; or a span of another tree or another trace names this request as its cause by a link. Such
work is kept out of the critical path, and is not to blame for the request's duration. It is mentioned where it
lasts at least 10 ms, so that nobody looks for it in the waterfall.

Saving: none, for nobody waited.

What can mislead it: parents that end too early by mistake (a span closed before its goroutine or promise is done),
for which the request did wait after all.`,
	Find: findDetachedWork,
}

func findDetachedWork(e *evidence.Exam) []Suspicion {
	const least = 10_000 // µs
	var all gathering
	byID := map[string]*trace.Span{}
	for _, s := range e.Trace.Spans {
		if p := s.Parent; p != nil && s.Duration >= least && e.Model.Waits(p, s) == path.Detached && s.End() > p.End() {
			all.add(detachedWorkOf(e, p, e, s))
		}
		for _, f := range e.History.Followers[trace.Link{TraceID: e.Trace.ID, SpanID: s.ID}] {
			if f.Exam != e && f.Root.Duration >= least {
				all.add(detachedWorkOf(e, s, f.Exam, f.Root))
			}
		}
	}
	for _, root := range e.Trace.Roots {
		if root == e.Root || len(root.Links) == 0 || root.Duration < least {
			continue
		}
		if len(byID) == 0 {
			for _, s := range e.Trace.Spans {
				byID[s.ID] = s
			}
		}
		if cause := byID[root.Links[0].SpanID]; cause != nil {
			all.add(detachedWorkOf(e, cause, e, root))
		}
	}
	return all.heaviest(e)
}

// detachedWork tells of work, in this trace or that of another exam, that cause did not wait for.
func detachedWorkOf(e *evidence.Exam, cause *trace.Span, in *evidence.Exam, work *trace.Span) Suspicion {
	s := Suspicion{Minor: true}
	s.Service, s.Operation, s.Count = work.Service, work.Name, 1
	s.Saving.Basis, s.Confidence, s.Evidence = finding.None, finding.High, finding.Sufficient
	elsewhere := ""
	if in == e {
		s.Spans = []*trace.Span{work}
	} else {
		elsewhere = " in trace " + in.Trace.ID
	}
	s.Reason("`%s` in %s lasts %s%s%s, and ends %s after `%s` that caused it",
		work.Name, work.Service, evidence.Ms(work.Duration), elsewhere, mostly(in, work), evidence.Ms(work.End()-cause.End()), cause.Name)
	s.Figures.WorkUS, s.Figures.OverrunUS = work.Duration, work.End()-cause.End()
	s.Unless = fmt.Sprintf("`%s` ended its span too early and did wait", cause.Name)
	s.Fix = "nothing for this request; see that it is bounded, and that what it loses at a restart may be lost"
	for up := cause.Parent; up != nil; up = up.Parent {
		if up.End() >= work.End() {
			s.Confidence = finding.Low
			s.Reason("no span shows that anybody waited for it")
			s.Unless = fmt.Sprintf("`%s`, which ends later, waited for its answer by another way", up.Name)
			return s
		}
	}
	s.Reason("nobody waited for it")
	return s
}

// mostly names the part of detached work that takes half of its own critical path or more.
func mostly(e *evidence.Exam, work *trace.Span) string {
	const most = 1000 // spans below it
	if below := evidence.Subtree(work); len(below) == 1 || len(below) > most {
		return ""
	}
	own := map[*trace.Span]int64{}
	for _, seg := range e.Model.Critical(work) {
		if own[seg.Span] += seg.Duration(); own[seg.Span]*2 >= work.Duration && seg.Span != work {
			return fmt.Sprintf(", mostly in `%s`", seg.Span.Name)
		}
	}
	return ""
}
