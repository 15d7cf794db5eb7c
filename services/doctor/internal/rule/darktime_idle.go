package rule

import (
	"spanwise/doctor/finding"
	"spanwise/doctor/internal/evidence"
	"spanwise/doctor/trace"
)

// idles mentions how long a worker waited for something to do.
func idles(e *evidence.Exam) []Suspicion {
	var all gathering
	for _, span := range e.OnPath {
		if own := e.Self[span.Index]; e.Idling[span.Index] && own >= darkStretch && e.Share(own) >= evidence.SlowShare {
			s := Suspicion{Spans: []*trace.Span{span}, Minor: true}
			s.Service, s.Operation, s.Callee, s.Count = span.Service, span.Name, span.Callee(), 1
			s.Saving.Basis, s.Confidence, s.Evidence = finding.None, finding.High, finding.Sufficient
			s.Reason("%s waits %s in `%s` for something to do: idle, and nobody's fault", span.Service, evidence.Ms(own), span.Name)
			s.Unless = "somebody waits for what comes"
			s.Fix = "nothing; the time it idles is left out of what the others are judged by"
			all.add(s)
		}
	}
	return all.list
}

// polls mentions the pauses of whoever asks again and again until something has changed: they are not dark, and no call's fault.
func polls(e *evidence.Exam) []Suspicion {
	var all gathering
	for _, l := range e.Loops() {
		idle := evidence.Sum(l.Pauses())
		if !l.AsksAgain() || idle < darkStretch || e.Share(idle) < evidence.SlowShare {
			continue
		}
		s := Suspicion{Spans: l.Units, Minor: true, subject: l.Calls[0].Template}
		s.Service, s.Operation, s.Callee, s.Count = l.Parent.Service, l.Parent.Name, l.Calls[0].Callee, len(l.Units)
		s.CriticalPathUS = idle
		s.Saving.Basis, s.Confidence, s.Evidence = finding.None, finding.High, finding.Sufficient
		s.Reason("`%s` in %s asks %s %d times, every %s: %s of the request passes between",
			l.Parent.Name, l.Parent.Service, l.Calls[0].Describe(), len(l.Calls), evidence.Ms(evidence.Median(l.Pauses())+evidence.Median(l.Durations())), evidence.Percent(e.Share(idle)))
		s.Unless = "each asks for something else"
		s.Fix = "see what it waits for; be told of the change (a callback, a long poll) rather than asking for it"
		all.add(s)
	}
	return all.list
}
