package evidence

import (
	"spanwise/doctor/call"
	"spanwise/doctor/trace"
)

// A StatedWait is a wait whose length an attribute states.
type StatedWait struct {
	Span   *trace.Span
	Wait   trace.Micros // on the critical path
	Before bool         // the span begins only after the wait
	call.Waited
}

// statedWaits lists the spans on the critical path that state how long they waited. A span that was entered by a request waited before it
// began, and so did its caller. A span for acquiring a connection is that wait itself.
func (e *Exam) statedWaits(stated call.StatedWaits) (list []StatedWait) {
	for _, s := range e.OnPath {
		if s.Kind == trace.Server || s.Kind == trace.Consumer || s == e.Root || call.Acquiring(s) {
			continue
		}
		says, ok := stated.Of(s)
		if !ok || says.Wait < Soon {
			continue
		}
		w := StatedWait{Span: s, Waited: says}
		if pause := pauseBefore(s); pause*10 >= says.Wait*9 && pause <= says.Wait*5/4+Soon {
			w.Before, w.Wait = true, min(says.Wait, e.Self[s.Parent.Index])
		} else if says.Wait <= s.Duration {
			w.Wait = min(says.Wait, e.Self[s.Index])
		}
		if w.Wait >= Soon {
			list = append(list, w)
		}
	}
	return list
}

// pauseBefore is how long before s its parent did nothing that has a span.
func pauseBefore(s *trace.Span) trace.Micros {
	if s.Parent == nil {
		return 0
	}
	ready := s.Parent.Start
	for _, c := range lastSiblings(s) {
		ready = max(ready, c.End())
	}
	return max(0, s.Start-ready)
}
