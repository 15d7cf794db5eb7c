package scenario

import (
	"slices"
	"time"

	"spanwise/doctor/path"
	"spanwise/doctor/trace"
)

// At returns how much of the critical path of a trace is spent at the diagnosis's places: in the calls over their
// edges and whatever these cause or, where a place has no callee, in the service itself.
func (d Diagnosis) At(t *trace.Trace) time.Duration {
	var us int64
	for _, root := range t.Roots {
		for _, s := range path.Critical(t, root) {
			if slices.ContainsFunc(d.Places, func(p Place) bool { return p.holds(s) }) {
				us += s.Duration()
			}
		}
	}
	return time.Duration(us) * time.Microsecond
}

// Dark returns how much of the critical path is spent in spans at the places while none of their children runs.
func (d Diagnosis) Dark(t *trace.Trace) time.Duration {
	var us int64
	for _, root := range t.Roots {
		for _, s := range path.Critical(t, root) {
			if len(s.Span.Children) > 0 && slices.ContainsFunc(d.Places, func(p Place) bool { return p.holds(s) }) {
				us += s.Duration()
			}
		}
	}
	return time.Duration(us) * time.Microsecond
}

// After returns for how long a trace goes on when the request has been answered.
func After(t *trace.Trace) time.Duration {
	var end, last int64
	for _, root := range t.Roots {
		end = max(end, root.End())
	}
	for _, s := range t.Spans {
		last = max(last, s.End())
	}
	return time.Duration(last-end) * time.Microsecond
}

func (p Place) holds(s path.Segment) bool {
	if p.Callee == "" {
		return s.Callee() == "" && s.Span.Service == p.Service
	}
	for span := s.Span; span != nil; span = span.Parent {
		if p.is(span.Service, span.Callee()) {
			return true
		}
	}
	return false
}

// Asked counts the calls over the edges of the diagnosis's places.
func (d Diagnosis) Asked(traces []*trace.Trace) (n int) {
	for _, t := range traces {
		for _, s := range t.Spans {
			if slices.ContainsFunc(d.Places, func(p Place) bool { return p.is(s.Service, s.Callee()) }) {
				n++
			}
		}
	}
	return n
}

// Failed counts the spans that end with an error.
func Failed(t *trace.Trace) (n int) {
	for _, s := range t.Spans {
		if s.Error {
			n++
		}
	}
	return n
}

// Ahead returns by how much the clock is ahead that is most so.
func Ahead(t *trace.Trace) time.Duration {
	var us int64
	for _, s := range t.Skews {
		us = max(us, s.Offset)
	}
	return time.Duration(us) * time.Microsecond
}
