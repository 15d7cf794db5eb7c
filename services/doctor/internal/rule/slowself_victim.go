package rule

import (
	"fmt"

	"spanwise/doctor/finding"
	"spanwise/doctor/internal/evidence"
	"spanwise/doctor/path"
	"spanwise/doctor/trace"
)

// victims reports operations of other requests whose computing held this one up, and how long each span waited for them.
func victims(e *evidence.Exam) (found []Suspicion, held map[*trace.Span]trace.Micros) {
	held = map[*trace.Span]trace.Micros{}
	var all gathering
	for _, h := range e.HeldUp() {
		held[h.Span] += h.Wait
		if h.Wait >= e.Threshold() {
			all.addDescribed(newVictim(h), func(s *Suspicion) { describeVictim(s, h) })
		}
	}
	return all.list, held
}

func newVictim(h evidence.HeldUp) Suspicion {
	s := Suspicion{Spans: []*trace.Span{h.Span}}
	s.Service, s.Operation, s.Count = h.Span.Service, h.By.Span.Name, 1
	s.CriticalPathUS = h.Wait
	s.Saving.Basis, s.Confidence, s.Evidence = finding.Shared, finding.Medium, finding.Sufficient
	s.High = []path.Change{path.LessSelfTime(h.Span, h.Wait)}
	s.Low = s.High
	return s
}

func describeVictim(s *Suspicion, h evidence.HeldUp) {
	by := h.By.Span
	s.Figures.WaitUS, s.Figures.WorkUS, s.Figures.TraceIDs = h.Wait, h.Wait, []string{h.By.Exam.Trace.ID}
	s.Reason("`%s` waits %s while `%s` of another request computes (trace %s), and goes on when that is done: %s runs one thing at a time",
		h.Span.Name, h.Wait, by.Name, h.By.Exam.Trace.ID, h.Span.Service)
	s.Unless = fmt.Sprintf("the two ran in different processes of %s, and waited for the same thing", h.Span.Service)
	s.Fix = fmt.Sprintf("profile `%s` in %s; move its computing to a worker thread, or split it up so that others get a turn", by.Name, by.Service)
}
