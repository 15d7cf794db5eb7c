package rule

import (
	"cmp"
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
	Kind:  "slow-dependency",
	Lead:  "{callee} is slow to respond to {service}",
	Title: "Most of the request is spent waiting for one other service or database",
	Doc: `The critical path is divided among places, which are edges between services and operations within them. An
edge gets the time of its calls, less what the callee's own calls and inner operations account for. Time is thus
charged to the deepest place that the trace shows, and all places add up to the request.

The suspect is the place whose typical (median) visit takes longest, if that is at least 20 ms (100 ms for the
messages of a stream) and all its visits take a tenth of the request. The typical visit matters more than the sum,
because a slow callee is slow on every call, while the number of calls is up to the caller (see n-plus-one). Another
edge is reported too if its typical visit takes 30 % of the request, and mentioned if all its visits together do. So
is a call off the critical path that takes 20 ms and a fifth of the request, because readers of the waterfall would
start with it.

To decide whether that is slow, the doctor needs a comparison: the same call in other traces (at least ten calls in
five traces), or four similar calls in this one. A call is slow if it takes twice the median, and is at least six
times as far from the median as the third quartile. Without a comparison the place is only the largest share, which
is all that the report says; under 100 ms, which people do not notice, it is only mentioned. A place that takes as
long as usual is also only mentioned, unless that is 100 ms and half of the request: then what is usual is too slow,
or it is the actual work of the request. Time in transit between the two processes is reported as edge-wait instead,
and calls that did not reach the callee, because there was no connection or a proxy answered itself, as error-origin.
So are calls that ran out of time, if the request went on without them, or as caller-gave-up if the callee kept
working.

Saving: with a comparison, the low estimate replays the calls at their usual duration. The high one removes the
edge's time, an upper bound that no real fix reaches.

What can mislead it: a callee that is slow because it gets too many calls (fix those findings first), and one that
simply does the actual work of the request.`,
	Find: findSlowDependency,
}

func findSlowDependency(e *evidence.Exam) []Suspicion {
	worth, mention := e.SlowPlaces()
	var found []Suspicion
	for _, p := range worth {
		if p.IsEdge() && !e.WaitsBetween(p) && !e.NotReached(p) {
			s, result := suspectEdge(e, p)
			judge(e, p, &s, result)
			if kind, us := queuedIn(e, p); kind != "" && !s.Minor {
				s.Minor = true
				s.Reason("%s of it is a %s", us, kind)
			}
			found = append(found, s)
		}
	}
	for _, p := range mention {
		if p.IsEdge() && !e.NotReached(p) {
			s, _ := suspectEdge(e, p)
			s.Minor = s.Confidence != finding.High
			found = append(found, s)
		}
	}
	return slices.Concat(found, slowerThanUsual(e, worth, mention), offPath(e))
}

// slowerThanUsual finds edges that are not suspect by this trace alone, but that are faster in other traces.
func slowerThanUsual(e *evidence.Exam, worth, mention []*evidence.Place) (found []Suspicion) {
	if len(e.History.Exams) < evidence.NormTraces {
		return nil
	}
	reported := slices.Concat(worth, mention)
	for _, p := range e.Places {
		sameEdge := func(o *evidence.Place) bool { return o.Caller == p.Caller && o.Service == p.Service }
		if !p.IsEdge() || p.Longest < evidence.SlowVisit || e.BusyShare(p.Longest) < evidence.SlowShare ||
			slices.ContainsFunc(reported, sameEdge) {
			continue
		}
		p := p.Slowest()
		s, _ := suspectEdge(e, p)
		if kind, _ := queuedIn(e, p); s.Confidence == finding.High && kind == "" && !e.WaitsBetween(p) && !e.NotReached(p) {
			found = append(found, s)
		}
	}
	return found
}

func suspectEdge(e *evidence.Exam, p *evidence.Place) (Suspicion, comparison) {
	calls := p.Calls()
	heaviest := slices.MaxFunc(calls, func(a, b *trace.Span) int { return cmp.Compare(e.Total[a.Index], e.Total[b.Index]) })
	name := e.Describe(heaviest)
	s := Suspicion{Spans: calls}
	s.Service, s.Operation, s.Callee, s.Count = p.Caller, evidence.OperationAround(heaviest), p.Service, len(calls)
	s.CriticalPathUS = p.Total
	s.Saving.Basis, s.Confidence = finding.Structural, shareConfidence(e, p)
	s.Figures.Names = []string{strings.Trim(name, "`")}
	for _, span := range p.Spans {
		s.High = append(s.High, path.LessSelfTime(span, e.Self[span.Index]))
	}
	s.Reason("%s is spent in %s from %s to %s (longest: %s)",
		e.DescribeShare(p.Total), evidence.Times(len(calls), "call"), p.Caller, p.Service, name)
	if transit := inTransit(e, p); transit > 0 && transit < p.Total {
		detail := ", which records no further detail,"
		if c := e.CallOf[heaviest.Index]; c != nil && c.Server != nil && e.Outlived(c.Server) {
			detail = ""
		}
		s.Reason("%s in %s%s and %s in transit", p.Total-transit, p.Service, detail, transit)
	}
	if e.CutShort(heaviest) {
		s.Reason("its caller stopped waiting%s", evidence.TimeLimit(heaviest))
	}
	s.Unless = fmt.Sprintf("%s always takes this long (there is nothing to compare it with)", p.Service)
	s.Fix = fmt.Sprintf("find out why %s is slow in %s", nameInCallee(e, heaviest, p.Service), p.Service)
	result := compare(e, &s, calls)
	if i := slices.IndexFunc(calls, e.CutShort); i >= 0 && s.Evidence == finding.NeedsOtherTraces {
		s.YieldsTo = yieldWhenCutShort(e, calls[i])
	}
	return s, result
}

// nameInCallee is what the callee calls the request that s made, if s has only a name of the caller's for it.
func nameInCallee(e *evidence.Exam, s *trace.Span, callee string) string {
	if c := e.CallOf[s.Index]; c != nil && c.NameOnly && c.Server != nil {
		if server := c.Server.Behind(); server.Service == callee { // and not what a broker delivers to
			return "`" + call.Shorten(server.Name) + "`"
		}
	}
	return e.Describe(s)
}

// yieldWhenCutShort lists what says more about a call that its caller cut short than that its time is a large share: the callee's further
// work and, if the request went on, the failure.
func yieldWhenCutShort(e *evidence.Exam, s *trace.Span) (kinds []finding.Kind) {
	if e.Overrun(e.CallOf[s.Index]) >= evidence.FarBeyond(s) {
		kinds = append(kinds, "caller-gave-up")
	}
	if !call.Failed(e.Root) {
		kinds = append(kinds, "error-origin")
	}
	return kinds
}

// inTransit is the part of an edge's time that is in no span of the callee, among the calls for which the callee recorded a span.
func inTransit(e *evidence.Exam, p *evidence.Place) (us trace.Micros) {
	for _, v := range p.Visits {
		if v.Span.Calling() && v.Span.RemoteChild() != nil {
			us += e.Self[v.Span.Index]
		}
	}
	return us
}

// offPath mentions long calls that are off the critical path, because readers of the waterfall would start with them.
func offPath(e *evidence.Exam) []Suspicion {
	const most = 3
	var all gathering
	for _, c := range e.Calls {
		inRequest := e.Entry[c.Span.Index] != nil
		if c.Housekeeping || !inRequest || e.Total[c.Span.Index] > 0 || c.Span.Duration < evidence.SlowVisit || e.Share(c.Span.Duration) < 0.2 ||
			c.Span.Start >= e.Root.End() || isDetached(e, c.Span) || call.Unreached(c.Span) != nil {
			continue
		}
		s := Suspicion{Spans: []*trace.Span{c.Span}, Minor: true}
		s.Service, s.Operation, s.Callee, s.Count = c.Caller, evidence.OperationAround(c.Span), c.Callee, 1
		s.Saving.Basis, s.Confidence, s.Evidence = finding.Structural, finding.High, finding.Sufficient
		s.Reason("%s takes %s off the critical path: fixing it alone saves nothing", c.Describe(), c.Span.Duration)
		s.Unless = "what runs in parallel with it is fixed first"
		s.Fix = "leave it for now"
		all.add(s)
	}
	return all.list[:min(len(all.list), most)]
}

// isDetached reports whether the parent of a span, or of one not far above it, did not wait for it; see detached-work.
func isDetached(e *evidence.Exam, s *trace.Span) bool {
	return selfOrAbove(s, 15, func(s *trace.Span) bool { return s.Parent != nil && e.Model.Waits(s.Parent, s) == path.Detached })
}
