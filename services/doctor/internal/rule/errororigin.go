package rule

import (
	"fmt"
	"strings"

	"spanwise/doctor/call"
	"spanwise/doctor/finding"
	"spanwise/doctor/internal/evidence"
	"spanwise/doctor/trace"
)

var errorOrigin = Rule{
	Kind:  "error-origin",
	Lead:  "{operation} in {service} failed",
	Title: "Where a failure started, and how far up it propagated",
	Doc: `A span failed, and none below it did: the failure started there, whatever the spans above say. The
finding shows how far up it propagated, and which operation continued without it: a failure hidden by a fallback
still takes time, and is often the reason for it. Attempts that were repeated are left to retry-storm. Answers
with a 4xx status are not failures: the request was wrong, not the service. A failure that only follows from
another one is not an origin: a call that was cancelled because a parallel one had just failed, or because its
caller had given up.

Saving: none.

What can mislead it: a callee that failed and left no span, so that its caller seems to be the origin.`,
	Find: findErrorOrigin,
}

func findErrorOrigin(e *evidence.Exam) []Suspicion {
	var broken []*trace.Span
	for _, s := range e.Trace.Spans {
		if c := e.CallOf[s.Index]; c != nil && c.Failed || c == nil && call.Failed(s) {
			broken = append(broken, s)
		}
	}
	if len(broken) == 0 {
		return nil
	}
	echoes := echoes(broken)
	echoed := map[*trace.Span]int{}
	below := make([]bool, len(e.Trace.Spans)) // a span below failed, by Span.Index
	for _, s := range broken {
		if cause := echoes[s]; cause != nil {
			for echoes[cause] != nil {
				cause = echoes[cause]
			}
			echoed[cause]++
			continue
		}
		for p := s.Parent; p != nil && !below[p.Index]; p = p.Parent {
			below[p.Index] = true
		}
	}
	again := map[*trace.Span]bool{}
	for _, l := range e.Retries() {
		for _, u := range l.Units {
			again[u] = true
		}
	}
	slow := slowCalls(e)
	var all gathering
	for _, s := range broken {
		if below[s.Index] || echoes[s] != nil || evidence.ClosedStream(s) {
			continue
		}
		o := newOrigin(s, again, echoed)
		f := Suspicion{Spans: []*trace.Span{s}, Minor: o.again || reportedElsewhere(e, s, slow)}
		f.Service, f.Operation, f.Callee, f.Count = s.Service, s.Name, s.Callee(), 1
		f.Saving.Basis, f.Confidence, f.Evidence = finding.None, finding.High, finding.Sufficient
		all.addDescribed(f, func(f *Suspicion) { describeOrigin(e, f, o) })
	}
	return all.heaviest(e)
}

// An origin is the span where a failure started, and how far up it propagated.
type origin struct {
	span, top *trace.Span // the lowest and the highest span that failed
	levels    int         // between the two
	others    int         // spans that failed only because of it
	again     bool        // it was retried
}

func newOrigin(s *trace.Span, again map[*trace.Span]bool, echoed map[*trace.Span]int) origin {
	o := origin{span: s, top: s, others: echoed[s], again: again[s]}
	for ; o.top.Parent != nil && call.Failed(o.top.Parent); o.top = o.top.Parent {
		o.levels++
		o.others += echoed[o.top.Parent]
		o.again = o.again || again[o.top.Parent]
	}
	return o
}

func describeOrigin(e *evidence.Exam, f *Suspicion, o origin) {
	s := o.span
	f.Figures.Error = strings.Trim(evidence.Reason(s), " ()")
	f.Reason("`%s` in %s failed%s, and nothing below it did", s.Name, s.Service, evidence.Reason(s))
	if o.levels > 0 {
		f.Reason("it propagated up through %s", evidence.Times(o.levels, "span"))
	}
	if p := o.top.Parent; p != nil && !fromOutside(e, s) {
		f.Figures.HandledBy = p.Name
		f.Reason("`%s` in %s continued despite it", p.Name, p.Service)
	} else if s != o.top {
		f.Reason("it reached the request itself")
	}
	if e.CutShort(s) {
		f.Reason("its caller stopped waiting%s", evidence.TimeLimit(s))
	}
	if o.others > 0 {
		f.Reason("cancelled because of it: %s", evidence.Times(o.others, "other span"))
	}
	f.Unless = "a call that it made failed without leaving a span"
	f.Fix = fmt.Sprintf("look at `%s` in %s first", s.Name, s.Service)
	if fromOutside(e, s) {
		f.Reason("nothing in this trace cancelled it: the caller of `%s` waited only %s", e.Root.Name, s.End()-e.Root.Start)
		f.Unless = "it was cancelled by something that left no span"
		f.Fix = fmt.Sprintf("find out why `%s` takes so long, and how long its callers wait", e.Root.Name)
	}
}

// fromOutside reports a cancelled span that ended when the request itself was over.
func fromOutside(e *evidence.Exam, s *trace.Span) bool {
	return evidence.Cancelled(s) && s.End() >= e.Root.End()-aftermath && s.Start < e.Root.End()
}

// reportedElsewhere reports a call that failed because its caller stopped waiting, if caller-gave-up reports the
// callee's further work, or slow-dependency the wait that was cut short.
func reportedElsewhere(e *evidence.Exam, s *trace.Span, slow map[*trace.Span]bool) bool {
	c := e.CallOf[s.Index]
	if c == nil {
		return false
	}
	return e.Overrun(c) >= evidence.FarBeyond(s) || slow[s] && e.CutShort(s)
}

// slowCalls are the calls that slow-dependency reports, and all spans around them.
func slowCalls(e *evidence.Exam) map[*trace.Span]bool {
	const levels = 16
	slow := map[*trace.Span]bool{}
	worth, _ := e.SlowPlaces()
	for _, p := range worth {
		if !p.IsEdge() || e.WaitsBetween(p) {
			continue
		}
		for _, v := range p.Visits {
			for s, i := v.Span, 0; s != nil && i < levels && !slow[s]; s, i = s.Parent, i+1 {
				slow[s] = true
			}
		}
	}
	return slow
}
