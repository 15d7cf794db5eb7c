package doctor

import (
	"fmt"
	"slices"

	"spanwise/doctor/call"
	"spanwise/doctor/trace"
)

// asksAgain reports polling, and not for want of an answer.
func (l *loop) asksAgain() bool {
	return l.polling() && !slices.ContainsFunc(l.calls, (*call.Call).IsAttempt)
}

// pollPauses is how long each span waits between the turns of polling.
func (e *exam) pollPauses() map[*trace.Span]int64 {
	us := map[*trace.Span]int64{}
	for _, l := range e.loops() {
		if l.asksAgain() {
			us[l.parent] += sum(l.pauses())
		}
	}
	return us
}

// polls mentions the pauses of whoever asks again and again until something has changed: they are not dark, and no call's fault.
func (e *exam) polls() []suspicion {
	var all gathering
	for _, l := range e.loops() {
		idle := sum(l.pauses())
		if !l.asksAgain() || idle < darkStretch || e.share(idle) < slowShare {
			continue
		}
		s := suspicion{spans: l.units, minor: true, subject: l.calls[0].Template}
		s.Service, s.Operation, s.Callee, s.Count = l.parent.Service, l.parent.Name, l.calls[0].Callee, len(l.units)
		s.CriticalPathUS = idle
		s.Saving.Basis, s.Confidence, s.Evidence = None, High, Sufficient
		s.Because = fmt.Sprintf("`%s` in %s asks %s %d times, every %s: %s of the request passes between",
			l.parent.Name, l.parent.Service, l.calls[0].Describe(), len(l.calls), ms(median(l.pauses())+median(l.durations())), percent(e.share(idle)))
		s.Unless = "each asks for something else"
		s.Fix = "see what it waits for; be told of the change (a callback, a long poll) rather than asking for it"
		all.add(s)
	}
	return all.list
}
