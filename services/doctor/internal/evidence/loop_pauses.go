package evidence

import (
	"slices"
	"sort"

	"spanwise/doctor/trace"
)

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

// Bound is the largest number of turns that ran at once, and the share of the later turns that started within a
// millisecond of another one's end.
func (l *Loop) Bound() (k int, follow float64) {
	ends := each(l.Units, (*trace.Span).End)
	slices.Sort(ends)
	ended, prompt := 0, 0
	for i, u := range l.Units { // ordered by start
		for ended < i && ends[ended] <= u.Start {
			ended++
		}
		k = max(k, i+1-ended)
		if ended > 0 && u.Start-ends[ended-1] <= trace.Millisecond {
			prompt++
		}
	}
	if len(l.Units) <= k {
		return k, 0
	}
	return k, float64(prompt) / float64(len(l.Units)-k)
}

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
