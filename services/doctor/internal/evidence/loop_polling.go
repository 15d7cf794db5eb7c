package evidence

import (
	"slices"

	"spanwise/doctor/call"
	"spanwise/doctor/trace"
)

// AsksAgain reports polling that is not a series of failed attempts.
func (l *Loop) AsksAgain() bool {
	return l.Polling() && !slices.ContainsFunc(l.Calls, (*call.Call).IsAttempt)
}

// pollPauses is how long each span paused between polls.
func (e *Exam) pollPauses() map[*trace.Span]trace.Micros {
	us := map[*trace.Span]trace.Micros{}
	for _, l := range e.Loops() {
		if l.AsksAgain() {
			us[l.Parent] += Sum(l.Pauses())
		}
	}
	return us
}

// Polling reports the same question asked at even or growing intervals, idle for at least 10 ms and for as long as
// the calls take: the caller waits for a state to change. If the turns do other work, they count as idle only if it
// is known to be the same question.
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
