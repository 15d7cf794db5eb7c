package evidence

import (
	"slices"

	"spanwise/doctor/call"
	"spanwise/doctor/trace"
)

// What a loop is for, by the pattern of its calls: it polls, or it fetches pages.

// AsksAgain reports polling that is not a series of failed attempts.
func (l *Loop) AsksAgain() bool {
	return l.Polling() && !slices.ContainsFunc(l.Calls, (*call.Call).IsAttempt) && !l.Spins()
}

// Idle are the times between the polls of a loop in which its caller only waits.
func (l *Loop) Idle() []trace.Micros {
	if _, known := l.Keys(); known {
		return l.Between(l.Work())
	}
	return l.Pauses() // the turns may do other work
}

// Polling reports the same question asked at even or growing intervals, idle for at least 10 ms and for as long as
// the calls take: the caller waits for a state to change. If the turns do other work, they count as idle only if it
// is known to be the same question.
func (l *Loop) Polling() bool {
	different, known := l.Keys()
	if known && different > 1 || l.Calls[0].Effect == call.Writes || l.Concurrency() >= 1.1 {
		return false
	}
	if known {
		return waitsEvenly(l.Work(), l.Idle())
	}
	return waitsEvenly(l.Units, l.Idle())
}

// waitsEvenly reports pauses at even or growing intervals, each as long as the work before it.
func waitsEvenly(work []*trace.Span, pauses []trace.Micros) bool {
	const interval = 10 * trace.Millisecond // shorter pauses are the loop's own work
	return len(pauses) >= 2 && (variation(pauses) < 0.2 || Growing(pauses)) && Median(pauses) >= max(interval, Median(Durations(work)))
}

// PageKey is the parameter, column or cursor by which each call continues a list where the previous one ended, if
// the calls differ in nothing else; "" if there is none. If the trace hides the values, it is enough that the
// template has one.
func (l *Loop) PageKey() string {
	last := l.Calls[len(l.Calls)-1] // the first page may lack the key
	if len(l.Units) != len(l.Calls) || l.Concurrency() >= 1.5 {
		return ""
	}
	switch different, known := l.Keys(); {
	case !known:
		return last.HiddenCursor()
	case different == 1 && call.CursorMethod(last.Cursor) != "":
		return last.Cursor
	case different*2 <= len(l.Calls):
		return ""
	}
	key := ""
	for i := 1; i < len(l.Calls); i++ {
		before, now := l.Calls[i-1].Key, l.Calls[i].Key
		if before == now || i == 1 && before == call.WithoutCursor(now) {
			continue // the first page has no key
		}
		word := last.PageParameter(call.Difference(before, now))
		if word == "" || key != "" && key != word {
			return ""
		}
		key = word
	}
	return key
}

// Paging reports whether the loop fetches one list in pages.
func (l *Loop) Paging() bool { return l.PageKey() != "" }
