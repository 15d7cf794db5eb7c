package rule

import (
	"fmt"

	"spanwise/doctor/finding"
	"spanwise/doctor/internal/evidence"
	"spanwise/doctor/trace"
)

// queueLags reports how long messages, and other work in the background, wait until a worker takes them.
func queueLags(e *evidence.Exam) []Suspicion {
	var all gathering
	for _, l := range e.Lags() {
		all.addDescribed(newQueueLag(e, l), func(s *Suspicion) { describeLag(e, s, l) })
	}
	return all.heaviest(e)
}

func newQueueLag(e *evidence.Exam, l evidence.Lag) Suspicion {
	const long = 500 * trace.Millisecond
	work := l.Work.Span
	s := Suspicion{Minor: l.Wait < long || l.Wait*5 < l.Whole(), LaterUS: l.Wait, CostsNoTime: true, subject: "lag"}
	if l.Work.Exam == e {
		s.Spans = []*trace.Span{work}
	} else {
		s.Spans = []*trace.Span{l.Cause.Span}
	}
	s.Service, s.Operation, s.Callee, s.Count = work.Service, work.Name, l.Queue, 1
	s.Saving.Basis, s.Confidence, s.Evidence = finding.None, finding.High, finding.Sufficient
	return s
}

func describeLag(e *evidence.Exam, s *Suspicion, l evidence.Lag) {
	cause, work := l.Cause.Span, l.Work.Span
	queue := "a queue that no span names"
	if l.Queue != "" {
		queue = "the queue `" + l.Queue + "`"
	}
	s.Figures.WaitUS, s.Figures.WorkUS = l.Wait, work.Duration
	s.Lead = fmt.Sprintf("{operation} in {service} waits %s in its queue[, {callee}]", l.Wait)
	s.Reason("queue lag: `%s` in %s begins %s after the end of `%s` in %s: that long it waits in %s; the work itself takes %s",
		work.Name, work.Service, l.Wait, cause.Name, cause.Service, queue, work.Duration)
	if l.Cause.Exam != l.Work.Exam {
		s.Figures.TraceIDs = []string{l.Cause.Exam.Trace.ID, l.Work.Exam.Trace.ID}
	}
	switch {
	case l.Work.Exam != e:
		s.Reason("the work is in trace %s", l.Work.Exam.Trace.ID)
	case l.Cause.Exam != e:
		s.Reason("its cause is in trace %s", l.Cause.Exam.Trace.ID)
	}
	s.Unless = "it is delayed on purpose, or nothing waits for the result"
	s.Fix = fmt.Sprintf("find out what the consumers in %s do meanwhile; add consumers, or make each message take less of their time", work.Service)
}
