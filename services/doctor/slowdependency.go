package doctor

import (
	"fmt"
	"slices"

	"spanwise/doctor/call"
	"spanwise/doctor/path"
	"spanwise/doctor/trace"
)

var slowDependency = rule{
	kind:  SlowDependency,
	title: "Most of the request is spent waiting for one other service or database",
	doc: `The critical path is charged to places: to an edge belongs what a call takes, less what the
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

What fools it: a callee that is slow because it is asked too much (then the other findings come first), and one
that simply does the request's actual work.`,
	find: findSlowDependency,
}

func findSlowDependency(e *exam) []suspicion {
	worth, mention := e.suspects()
	var found []suspicion
	for _, p := range worth {
		if p.isEdge() && !e.waiting(p) {
			s, known := e.slowDependency(p)
			e.judge(p, &s, known)
			if kind, us, found := queuedIn(e, p); found && !s.minor {
				s.minor = true
				s.Because += fmt.Sprintf("; %s of it is a %s", ms(us), kind)
			}
			found = append(found, s)
		}
	}
	for _, p := range mention {
		if p.isEdge() {
			s, _ := e.slowDependency(p)
			s.minor = s.Confidence != High
			found = append(found, s)
		}
	}
	return slices.Concat(found, e.slowerThanUsual(worth, mention), e.offPath())
}

// slowerThanUsual are the edges that nothing in this trace would make one suspect, but that other traces show to be quicker.
func (e *exam) slowerThanUsual(worth, mention []*place) (found []suspicion) {
	if len(e.history.exams) < normTraces {
		return nil
	}
	known := map[about]bool{}
	for _, p := range slices.Concat(worth, mention) {
		known[about{service: p.caller, callee: p.service}] = true
	}
	for _, p := range e.places {
		if !p.isEdge() || known[about{service: p.caller, callee: p.service}] || p.dearest < slowVisit || e.busy(p.dearest) < slowShare {
			continue
		}
		p := p.dear()
		s, _ := e.slowDependency(p)
		if _, _, queues := queuedIn(e, p); s.Confidence == High && !queues && !e.waiting(p) {
			found = append(found, s)
		}
	}
	return found
}

func (e *exam) slowDependency(p *place) (suspicion, comparison) {
	calls := p.calls()
	heaviest := e.heaviest(calls)
	s := suspicion{spans: calls}
	s.Service, s.Callee, s.Count = p.caller, p.service, len(calls)
	s.Operation = operationAround(heaviest)
	s.CriticalPathUS = p.us
	s.Saving.Basis = Structural
	for _, span := range p.spans {
		s.high = append(s.high, path.Shorter(span, e.own[span.Index]))
	}
	s.Because = fmt.Sprintf("%s is spent in %s from %s to %s, %s the longest",
		e.part(p.us), times(len(calls), "call"), p.caller, p.service, e.asked(heaviest))
	if between := e.between(p); between > 0 && between < p.us {
		s.Because += fmt.Sprintf("; %s inside %s where nothing more is recorded, %s on the way", ms(p.us-between), p.service, ms(between))
	}
	if e.cutShort(heaviest) {
		s.Because += "; its caller stopped waiting" + timeLimit(heaviest)
	}
	s.Confidence = e.certainty(p)
	s.Unless = fmt.Sprintf("this is what %s always takes: nothing here says what is usual", p.service)
	s.Fix = fmt.Sprintf("look into %s, at %s", p.service, e.asked(heaviest))
	return s, e.compare(&s, calls)
}

// between is the part of an edge's time that is in no span of the callee's, where the callee left one.
func (e *exam) between(p *place) (us int64) {
	for _, v := range p.visits {
		if v.span.Calling() && call.Answer(v.span) != nil {
			us += e.own[v.span.Index]
		}
	}
	return us
}

// heaviest is the call with the most of the critical path.
func (e *exam) heaviest(calls []*trace.Span) *trace.Span {
	best := calls[0]
	for _, c := range calls {
		if e.total[c.Index] > e.total[best.Index] {
			best = c
		}
	}
	return best
}

// asked is what a call asks, from its attributes or else its name.
func (e *exam) asked(s *trace.Span) string {
	if c := e.callOf[s.Index]; c != nil {
		return "`" + c.Name() + "`"
	}
	return "`" + call.Shorten(s.Name) + "`"
}

// operationAround is the operation that made a call.
func operationAround(s *trace.Span) string {
	if s.Parent != nil {
		return s.Parent.Name
	}
	return s.Name
}

// times counts things: 1 call, 2 calls.
func times(n int, thing string) string {
	if n == 1 {
		return "1 " + thing
	}
	return fmt.Sprintf("%d %ss", n, thing)
}
