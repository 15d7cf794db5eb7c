package rule

import (
	"fmt"
	"slices"
	"strings"

	"spanwise/doctor/call"
	"spanwise/doctor/finding"
	"spanwise/doctor/internal/evidence"
	"spanwise/doctor/path"
	"spanwise/doctor/trace"
)

var slowDependency = Rule{
	Kind:  finding.SlowDependency,
	Title: "Most of the request is spent waiting for one other service or database",
	Doc: `The critical path is charged to places: to an edge belongs what a call takes, less what the
callee's own calls and inner operations account for. So time lands on the deepest edge that the trace can show,
and all places add up to the request.

The place whose typical (median) visit takes longest is suspected, if that is at least 20 ms and all its visits
together are a tenth of the request. The typical visit, not the sum: what is slow is slow each time it is asked,
while how often it is asked is the caller's doing (see n-plus-one). Other edges are reported too where a single
visit is 30 % of the request.

Whether that is slow needs something to compare with: the same call in other traces (at least ten calls in
five), or its siblings in this one. Twice the median, beyond what the calls differ by anyway, is a finding.
Without anything to compare it is only the largest share, and the report says no more than that; less than 100
ms, which nobody notices, are then but mentioned. So is what takes as long as it usually does, unless that is
100 ms and half of the request: then what is usual is too slow, or the request's actual work. Time that passes
between the two processes is reported as edge-wait instead.

Saving: with something to compare, the calls replayed at their usual duration; and in any case the cap, the
edge's time replayed as nothing, which no real fix reaches.

What can mislead it: a callee that is slow because it is asked too much (then the other findings come first), and one
that simply does the request's actual work.`,
	Find: findSlowDependency,
}

func findSlowDependency(e *evidence.Exam) []Suspicion {
	worth, mention := e.SlowPlaces()
	var found []Suspicion
	for _, p := range worth {
		if p.IsEdge() && !e.WaitsBetween(p) {
			s, known := slowDependencyOf(e, p)
			judge(e, p, &s, known)
			if kind, us, found := queuedIn(e, p); found && !s.Minor {
				s.Minor = true
				s.Reason("%s of it is a %s", evidence.Ms(us), kind)
			}
			found = append(found, s)
		}
	}
	for _, p := range mention {
		if p.IsEdge() {
			s, _ := slowDependencyOf(e, p)
			s.Minor = s.Confidence != finding.High
			found = append(found, s)
		}
	}
	return slices.Concat(found, slowerThanUsual(e, worth, mention), offPath(e))
}

// slowerThanUsual are the edges that nothing in this trace would make one suspect, but that other traces show to be quicker.
func slowerThanUsual(e *evidence.Exam, worth, mention []*evidence.Place) (found []Suspicion) {
	if len(e.History.Exams) < evidence.NormTraces {
		return nil
	}
	known := map[about]bool{}
	for _, p := range slices.Concat(worth, mention) {
		known[about{service: p.Caller, callee: p.Service}] = true
	}
	for _, p := range e.Places {
		if !p.IsEdge() || known[about{service: p.Caller, callee: p.Service}] || p.Longest < evidence.SlowVisit || e.BusyShare(p.Longest) < evidence.SlowShare {
			continue
		}
		p := p.Slowest()
		s, _ := slowDependencyOf(e, p)
		if _, _, queues := queuedIn(e, p); s.Confidence == finding.High && !queues && !e.WaitsBetween(p) {
			found = append(found, s)
		}
	}
	return found
}

func slowDependencyOf(e *evidence.Exam, p *evidence.Place) (Suspicion, comparison) {
	calls := p.Calls()
	heaviest := heaviestCall(e, calls)
	s := Suspicion{Spans: calls}
	s.Service, s.Callee, s.Count = p.Caller, p.Service, len(calls)
	s.Operation = evidence.OperationAround(heaviest)
	s.CriticalPathUS = p.Total
	s.Saving.Basis = finding.Structural
	for _, span := range p.Spans {
		s.High = append(s.High, path.Shorter(span, e.Self[span.Index]))
	}
	s.Reason("%s is spent in %s from %s to %s, %s the longest",
		e.DescribeShare(p.Total), evidence.Times(len(calls), "call"), p.Caller, p.Service, e.Describe(heaviest))
	if between := betweenSpans(e, p); between > 0 && between < p.Total {
		s.Reason("%s inside %s where nothing more is recorded, %s on the way", evidence.Ms(p.Total-between), p.Service, evidence.Ms(between))
	}
	if e.CutShort(heaviest) {
		s.Reason("its caller stopped waiting%s", evidence.TimeLimit(heaviest))
	}
	s.Figures.Names = []string{strings.Trim(e.Describe(heaviest), "`")}
	s.Confidence = certainty(e, p)
	s.Unless = fmt.Sprintf("this is what %s always takes: nothing here says what is usual", p.Service)
	s.Fix = fmt.Sprintf("look into %s, at %s", p.Service, e.Describe(heaviest))
	return s, compare(e, &s, calls)
}

// betweenSpans is the part of an edge's time that is in no span of the callee's, where the callee left one.
func betweenSpans(e *evidence.Exam, p *evidence.Place) (us int64) {
	for _, v := range p.Visits {
		if v.Span.Calling() && call.Answer(v.Span) != nil {
			us += e.Self[v.Span.Index]
		}
	}
	return us
}

// heaviestCall is the call with the most of the critical path.
func heaviestCall(e *evidence.Exam, calls []*trace.Span) *trace.Span {
	best := calls[0]
	for _, c := range calls {
		if e.Total[c.Index] > e.Total[best.Index] {
			best = c
		}
	}
	return best
}
