package evidence

import (
	"slices"

	"spanwise/doctor/call"
	"spanwise/doctor/trace"
)

// AsksAgain reports polling, and not for want of an answer.
func (l *Loop) AsksAgain() bool {
	return l.Polling() && !slices.ContainsFunc(l.Calls, (*call.Call).IsAttempt)
}

// pollPauses is how long each span waits between the turns of polling.
func (e *Exam) pollPauses() map[*trace.Span]int64 {
	us := map[*trace.Span]int64{}
	for _, l := range e.Loops() {
		if l.AsksAgain() {
			us[l.Parent] += Sum(l.Pauses())
		}
	}
	return us
}

// Polling reports the same question at even or growing intervals, idle for at least 10 ms and as long as the calls last: somebody waits
// for a state to change. Turns that do something around the call are idle there only if it is known to be the same question.
func (l *Loop) Polling() bool {
	const interval = 10_000 // µs; shorter pauses are the loop's own work
	different, known := l.Keys()
	if known && different > 1 || l.Calls[0].Effect == call.Writes || l.Concurrency() >= 1.1 {
		return false
	}
	work := l.Units
	if known {
		work = l.Work()
	}
	pauses := l.Between(work)
	return len(pauses) >= 2 && (variation(pauses) < 0.2 || Growing(pauses)) && Median(pauses) >= max(interval, Median(Durations(work)))
}
