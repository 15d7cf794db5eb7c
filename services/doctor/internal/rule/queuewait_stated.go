package rule

import (
	"fmt"

	"spanwise/doctor/call"
	"spanwise/doctor/finding"
	"spanwise/doctor/internal/evidence"
	"spanwise/doctor/path"
)

// newStatedQueueWait is about a span one of whose attributes states how long it waited for its turn, or for a quota.
func newStatedQueueWait(e *evidence.Exam, w evidence.StatedWait) Suspicion {
	s := w.Span
	f := newQueueWait(e, s, w.Wait)
	f.CriticalPathUS, f.Confidence = w.OnPath, finding.High
	work := s.Duration - w.Wait
	if w.Before {
		f.Low, f.High = []path.Change{path.LessSelfTime(s.Parent, w.Wait/2)}, []path.Change{path.LessSelfTime(s.Parent, w.Wait)}
		work = s.Duration
	}
	f.Figures.WaitUS, f.Figures.WorkUS = w.Wait, work
	f.Reason("`%s` in %s waited %s, by its %s; the rest of it takes %s", s.Name, s.Service, w.Wait, w.By, work)
	if w.Guessed {
		f.Confidence = finding.Medium
		f.Reason("its number is taken as milliseconds")
	}
	f.Unless = "the requests are meant to run one at a time"
	if w.For == call.Quota {
		f.Unless = "the rate limit is there to protect what lies behind it"
		f.Fix = fmt.Sprintf("make fewer calls in `%s`, spread them out, or raise the rate limit", evidence.OperationAround(s))
	}
	return f
}
