package scenario

import (
	"cmp"
	"slices"
	"time"

	"spanwise/doctor"
	"spanwise/doctor/path"
	"spanwise/doctor/trace"
)

// Latencies are what each database takes where time is virtual and nothing else takes any.
const Latencies = "latency=order.db:1ms,inventory.db:2ms,pricing.db:3ms"

// An Effect is what sets the slow request apart from its baseline: how much slower it is, and where.
//
// A scenario has two. Where time is virtual, under [Latencies], the effect is exactly Scenario.Effect; in real time, with no
// other delay than its own request asks for, it is at least Scenario.MinEffect.
type Effect struct {
	Duration    time.Duration // of the request
	AtPlaces    time.Duration // of the critical path at the places that the diagnosis names
	Dark        time.Duration // of the critical path at these places, in spans none of whose children runs
	Factor      float64       // how many times as long the critical path at these places is
	Calls       int           // calls at these places, of all requests that run at once
	Errors      int           // spans that end with an error
	AfterAnswer time.Duration // of what continues after the request was answered
	ClockOffset time.Duration // by which clocks disagree
	ExtraTraces int           // traces, other than the request's own, that hold parts of it
}

// Played are the traces that playing a request left behind.
type Played struct {
	Own    []*trace.Trace // of the request, as many as ran at once
	Others []*trace.Trace // of everything else that it caused: setup requests, other halves of broken traces
}

// Slowest returns the trace of the request that took longest.
func (p Played) Slowest() *trace.Trace {
	return slices.MaxFunc(p.Own, func(a, b *trace.Trace) int {
		return cmp.Or(cmp.Compare(Duration(a), Duration(b)), cmp.Compare(b.ID, a.ID))
	})
}

// Duration returns how long the user waited for the request of a trace.
func Duration(t *trace.Trace) time.Duration {
	if root := doctor.Headline(t); root != nil {
		return root.Duration.Duration()
	}
	return 0
}

// Effect measures what sets slow apart from its baseline. At the places of the diagnosis it measures only what want has; the
// rest is 0, as in want.
func (d Diagnosis) Effect(slow, baseline Played, want Effect) Effect {
	bad, good := slow.Slowest(), baseline.Slowest()
	got := Effect{
		Duration:    Duration(bad) - Duration(good),
		AfterAnswer: afterAnswer(bad) - afterAnswer(good),
		ClockOffset: clockOffset(bad) - clockOffset(good),
		ExtraTraces: len(slow.Others) - len(baseline.Others),
	}
	if want.AtPlaces != 0 {
		got.AtPlaces = d.atPlaces(bad) - d.atPlaces(good)
	}
	if want.Dark != 0 {
		got.Dark = d.dark(bad) - d.dark(good)
	}
	if want.Factor != 0 {
		got.Factor = float64(d.atPlaces(bad)) / float64(max(d.atPlaces(good), 1))
	}
	if want.Calls != 0 {
		got.Calls = countSpans(slow.Own, d.isCallAtPlace) - countSpans(baseline.Own, d.isCallAtPlace)
	}
	if want.Errors != 0 {
		failed := func(s *trace.Span) bool { return s.Error }
		got.Errors = countSpans([]*trace.Trace{bad}, failed) - countSpans([]*trace.Trace{good}, failed)
	}
	return got
}

// Reaches reports whether an effect in real time is at least that big. Durations may be short by the tolerance with which two
// equal requests differ: 2 % or 2 ms, whichever is more.
func (e Effect) Reaches(least Effect) bool {
	enough := func(got, want time.Duration) bool { return want == 0 || got >= want-max(want/50, 2*time.Millisecond) }
	return enough(e.Duration, least.Duration) && enough(e.AtPlaces, least.AtPlaces) && enough(e.Dark, least.Dark) &&
		enough(e.AfterAnswer, least.AfterAnswer) && enough(e.ClockOffset, least.ClockOffset) && e.Factor >= least.Factor &&
		e.Calls >= least.Calls && e.Errors >= least.Errors && e.ExtraTraces >= least.ExtraTraces
}

// atPlaces returns how much of the critical path of a trace is spent at the diagnosis's places: in calls and whatever these
// cause or, where a place has no callee, in the service itself.
func (d Diagnosis) atPlaces(t *trace.Trace) time.Duration {
	return d.onCriticalPath(t, func(path.Segment) bool { return true })
}

// dark returns how much of the critical path is spent at the places in spans that have children, while none of these runs.
func (d Diagnosis) dark(t *trace.Trace) time.Duration {
	return d.onCriticalPath(t, func(s path.Segment) bool { return len(s.Span.Children) > 0 })
}

func (d Diagnosis) onCriticalPath(t *trace.Trace, counts func(path.Segment) bool) time.Duration {
	var us trace.Micros
	for _, root := range t.Roots {
		for _, s := range path.Critical(t, root) {
			if counts(s) && slices.ContainsFunc(d.Places, func(p Place) bool { return p.contains(s) }) {
				us += s.Duration()
			}
		}
	}
	return us.Duration()
}

func (p Place) contains(s path.Segment) bool {
	if p.Callee == "" {
		return s.Callee() == "" && s.Span.Service == p.Service
	}
	for span := s.Span; span != nil; span = span.Parent {
		if p.matches(span.Service, span.Callee()) {
			return true
		}
	}
	return false
}

func (d Diagnosis) isCallAtPlace(s *trace.Span) bool {
	return slices.ContainsFunc(d.Places, func(p Place) bool { return p.matches(s.Service, s.Callee()) })
}

func countSpans(traces []*trace.Trace, counts func(*trace.Span) bool) (n int) {
	for _, t := range traces {
		for _, s := range t.Spans {
			if counts(s) {
				n++
			}
		}
	}
	return n
}

// afterAnswer returns how long a trace continues after its request was answered.
func afterAnswer(t *trace.Trace) time.Duration {
	var answered, last trace.Micros
	for _, root := range t.Roots {
		answered = max(answered, root.End())
	}
	for _, s := range t.Spans {
		last = max(last, s.End())
	}
	return (last - answered).Duration()
}

// clockOffset returns by how much the clock that is furthest ahead is ahead.
func clockOffset(t *trace.Trace) time.Duration {
	var us trace.Micros
	for _, s := range t.Skews {
		us = max(us, s.Offset)
	}
	return us.Duration()
}
