package evidence

import (
	"slices"
	"sort"

	"spanwise/doctor/trace"
)

// The times of a loop's turns, and the pauses between them.

// Concurrency is the average number of turns that ran at once while any ran: 1 if they ran one after another.
func (l *Loop) Concurrency() float64 {
	if covered := l.Covered(); covered > 0 {
		return float64(Sum(l.Durations())) / float64(covered)
	}
	return 1
}

// Pauses are the times between the end of one turn and the start of the next during which no other child of the
// parent runs. It is meant for turns that run one after another.
func (l *Loop) Pauses() []trace.Micros {
	list := make([]trace.Micros, 0, max(0, len(l.Units)-1))
	for i := 1; i < len(l.Units); i++ {
		list = append(list, l.idleBefore(i))
	}
	return list
}

// WorksBetween reports whether the caller works between the calls: the pauses are longer than a call, and than a driver or a mapper
// needs between two quick ones.
func (l *Loop) WorksBetween() bool {
	const driver = trace.Millisecond
	return Median(l.Pauses()) > max(Median(l.Durations()), driver)
}

// idleBefore is the pause before the i-th turn.
func (l *Loop) idleBefore(i int) (idle trace.Micros) {
	siblings, busy := l.Parent.Children, l.busyUntil()
	start, now := l.Units[i].Start, l.Units[i-1].End()
	next := sort.Search(len(siblings), func(j int) bool { return siblings[j].Start >= now }) // the first that may start in the pause
	if next > 0 {
		now = max(now, busy[next-1])
	}
	for ; next < len(siblings) && siblings[next].Start < start; next++ {
		idle += max(0, siblings[next].Start-now)
		now = max(now, siblings[next].End())
	}
	return idle + max(0, start-now)
}

// busyUntil is, for each child of the parent, the latest end of it and all children that started before it.
func (l *Loop) busyUntil() []trace.Micros {
	if l.busy == nil {
		l.busy = make([]trace.Micros, len(l.Parent.Children))
		until := l.Parent.Start
		for i, s := range l.Parent.Children {
			until = max(until, s.End())
			l.busy[i] = until
		}
	}
	return l.busy
}

// Durations are the durations of the turns.
func (l *Loop) Durations() []trace.Micros { return Durations(l.Units) }

// Bound is the largest number of turns that ran at once, and the share of the turns after the first so many that started within a
// millisecond of another one's end. It is 1 for turns that overlap only a little.
func (l *Loop) Bound() (k int, follow float64) {
	if l.Concurrency() < SideBySide {
		return 1, 0
	}
	ends := each(l.Units, (*trace.Span).End)
	slices.Sort(ends)
	prompt := make([]bool, len(l.Units))
	ended := 0
	for i, u := range l.Units { // ordered by start
		for ended < i && ends[ended] <= u.Start+Overlap {
			ended++
		}
		k = max(k, i+1-ended)
		prompt[i] = ended > 0 && u.Start-ends[ended-1] <= Soon
	}
	followers := 0
	for _, p := range prompt[k:] {
		if p {
			followers++
		}
	}
	return k, float64(followers) / float64(max(len(l.Units)-k, 1))
}

// SideBySide is the average number of turns at once from which a loop counts as parallel.
const SideBySide = 1.5

// Between are the times from one call's end to the next one's start: the loop's pauses, and the turns' other work.
func (l *Loop) Between(work []*trace.Span) []trace.Micros {
	if work[0] == l.Units[0] {
		return l.Pauses()
	}
	var list []trace.Micros
	for i, s := range work[1:] {
		list = append(list, max(0, s.Start-work[i].End()))
	}
	return list
}
