package scenario

import (
	"time"

	"spanwise/doctor/path"
	"spanwise/doctor/trace"
)

// Latencies are what each database takes where time is virtual and nothing else takes any.
const Latencies = "latency=order.db:1ms,inventory.db:2ms,pricing.db:3ms"

// A Gain is by how much the slow request is slower than the fixed one where time is virtual, under [Latencies]:
// exactly, and at the scenario's places.
type Gain struct {
	Whole time.Duration // of the request
	There time.Duration // of the critical path at the places the diagnosis names
}

// At returns how much of the critical path of a trace is spent at the place: in the calls over its edge and
// whatever they cause or, where it has no callee, in the service itself.
func (p Place) At(t *trace.Trace) time.Duration {
	var us int64
	for _, root := range t.Roots {
		for _, s := range path.Critical(t, root) {
			if p.holds(s) {
				us += s.Duration()
			}
		}
	}
	return time.Duration(us) * time.Microsecond
}

func (p Place) holds(s path.Segment) bool {
	if p.Callee == "" {
		return s.Callee == "" && s.Span.Service == p.Service
	}
	for span := s.Span; span != nil; span = span.Parent {
		if p.is(span.Service, span.Callee()) {
			return true
		}
	}
	return false
}
