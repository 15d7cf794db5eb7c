package evidence

import (
	"spanwise/doctor/call"
	"spanwise/doctor/trace"
)

// A StatedWait is a wait whose length an attribute states.
type StatedWait struct {
	Span   *trace.Span
	OnPath trace.Micros // of the wait, on the critical path
	Before bool         // the span begins only after the wait
	call.Waited
}

// statedWaits lists the spans on the critical path that state how long they waited, and their siblings that waited meanwhile: what shortens
// one wait shortens all. A span that was entered by a request waited before it began, and so did its caller. A span for acquiring a connection
// is that wait itself.
func (e *Exam) statedWaits(stated call.StatedWaits) (list []StatedWait) {
	seen := map[*trace.Span]bool{} // parents
	for _, s := range e.OnPath {
		if s == e.Root || s.Parent == nil {
			continue
		}
		w, ok := e.statedWait(stated, s)
		if !ok || !mayState(s) {
			continue
		}
		list = append(list, w)
		if seen[s.Parent] {
			continue
		}
		seen[s.Parent] = true
		for _, sibling := range s.Parent.Children {
			says, ok := stated.Of(sibling)
			if ok && e.Self[sibling.Index] == 0 && mayState(sibling) && says.For == w.For && says.Wait >= Soon && says.Wait <= sibling.Duration {
				list = append(list, StatedWait{Span: sibling, Waited: says})
			}
		}
	}
	return list
}

func mayState(s *trace.Span) bool {
	return s.Parent != nil && s.Kind != trace.Server && s.Kind != trace.Consumer && !call.Acquiring(s)
}

// statedWait is the wait that a span on the critical path states.
func (e *Exam) statedWait(stated call.StatedWaits, s *trace.Span) (w StatedWait, ok bool) {
	says, ok := stated.Of(s)
	if !ok || says.Wait < Soon {
		return w, false
	}
	w = StatedWait{Span: s, Waited: says}
	if pause := pauseBefore(s); pause*10 >= says.Wait*9 && pause <= says.Wait*5/4+Soon {
		w.Before, w.OnPath = true, min(says.Wait, e.Self[s.Parent.Index])
	} else if says.Wait <= s.Duration {
		w.OnPath = min(says.Wait, e.Self[s.Index])
	}
	return w, w.OnPath >= Soon
}

// pauseBefore is how long before s its parent did nothing that has a span.
func pauseBefore(s *trace.Span) trace.Micros {
	ready := s.Parent.Start
	for _, c := range lastSiblings(s) {
		ready = max(ready, c.End())
	}
	return max(0, s.Start-ready)
}
