package rule

import (
	"slices"

	"spanwise/doctor/call"
	"spanwise/doctor/finding"
	"spanwise/doctor/internal/evidence"
	"spanwise/doctor/path"
	"spanwise/doctor/trace"
)

// A comparison is the result of comparing spans with how long the same work usually takes.
type comparison uint8

const (
	unknown comparison = iota
	asUsual            // none took much longer than usual
	slower             // at least one did
)

// compare compares spans with what is usual for them. If some took much longer, the cautious fix makes them take their usual time.
func compare(e *evidence.Exam, s *Suspicion, spans []*trace.Span) comparison {
	s.Evidence = finding.NeedsOtherTraces
	result := unknown
	for _, span := range spans {
		norm, ok := e.Usual(e.Question(span))
		if !ok {
			continue
		}
		s.Evidence, result = finding.Sufficient, max(result, asUsual)
		if span.Duration < norm.Slow {
			continue
		}
		if result != slower {
			s.Confidence = finding.Medium
			if norm.Others {
				s.Confidence = finding.High
			}
			s.Reason("it took %s instead of the usual %s (%s)", span.Duration, norm.Median, norm.Source)
		}
		result = slower
		s.Figures.UsualUS = norm.Median
		s.Low = append(s.Low, path.Capped(span, norm.Median))
	}
	switch result {
	case slower:
		s.Unless = "the calls it is compared with had less to do"
	case asUsual:
		s.Confidence = finding.Low
		s.Reason("this is not longer than usual")
		s.Unless = "what is usual is too slow already"
	case unknown:
		compareRequests(e, s, spans)
	}
	return result
}

// compareRequests gives a reason if three quarters of the other requests of this kind do nothing like the spans.
func compareRequests(e *evidence.Exam, s *Suspicion, spans []*trace.Span) {
	alike := e.History.Alike(e)
	if alike < evidence.NormTraces {
		return
	}
	doing := map[*evidence.Exam]bool{e: true}
	for _, span := range spans {
		for _, run := range e.History.Runs[e.Question(span)] {
			doing[run.Exam] = true
		}
	}
	others, without := alike-1, alike-len(doing)
	if without*4 >= others*3 {
		s.Evidence = finding.Sufficient
		s.Reason("%d of %d other requests of this kind do without it", without, others)
		s.Unless = "this request had more to do than the others"
	}
}

// noticeable is the shortest delay that people notice: Nielsen, Usability Engineering (1993), chapter 5, gives 0.1 s as the limit
// for what feels instantaneous.
const noticeable = 100 * trace.Millisecond

// judge sets s.Minor. A place that is slower than usual is worth a finding. Any other must be noticeable, and one that took as long as
// usual must also be half of the request: then what is usual is too slow.
func judge(e *evidence.Exam, p *evidence.Place, s *Suspicion, result comparison) {
	s.Minor = result != slower && p.Total < noticeable || result == asUsual && e.BusyShare(p.Total) < 0.5
	if result == asUsual && !s.Minor {
		s.Reason("it always takes this long")
		s.Unless = "this is the actual work of the request and cannot be done faster"
	}
}

// queuedIn returns the queue or pool wait that takes half of a place's time or more, and "" if there is none. Comparing such a place with
// what is usual would not help, because the other requests waited in the queue too.
func queuedIn(e *evidence.Exam, p *evidence.Place) (kind finding.Kind, us trace.Micros) {
	visits := p.Calls()
	inside := func(s *trace.Span) bool {
		return selfOrAbove(s, 15, func(s *trace.Span) bool { return slices.Contains(visits, s) })
	}
	for _, q := range e.Turns().Queues {
		if us := min(q.Wait, e.Total[q.Span.Index]); us*2 >= p.Total && inside(q.Span) {
			return "queue-wait", us
		}
	}
	for _, w := range e.Turns().Stated {
		if w.OnPath*2 >= p.Total && !w.Before && inside(w.Span) {
			if w.For == call.Connection {
				return "pool-wait", w.OnPath
			}
			return "queue-wait", w.OnPath
		}
	}
	for _, w := range e.Turns().Pools {
		if w.Wait*2 >= p.Total && slices.ContainsFunc(w.Pauses, func(w evidence.Pause) bool { return inside(w.Call.Span) }) {
			return "pool-wait", w.Wait
		}
	}
	return "", 0
}

// shareConfidence rates how sure it is that a place is slow, from this trace alone: half of the request is convincing, and
// so is a third if every other place is much cheaper.
func shareConfidence(e *evidence.Exam, p *evidence.Place) finding.Confidence {
	var next trace.Micros
	for _, o := range e.Places {
		if o != p {
			next = max(next, o.Typical)
		}
	}
	share := e.BusyShare(p.Total)
	if share >= 0.5 || share >= evidence.MainShare && p.Typical >= 2*next {
		return finding.Medium
	}
	return finding.Low
}
