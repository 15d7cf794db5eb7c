package doctor

import (
	"sort"

	"spanwise/doctor/trace"
)

// sideBySide is how many units ran at once, on average over the time that any ran. One after another gives 1.
func (l *loop) sideBySide() float64 {
	var busy, covered int64
	end := l.units[0].Start
	for _, u := range l.units { // by start
		busy += u.Duration
		covered += max(0, u.End()-max(end, u.Start))
		end = max(end, u.End())
	}
	if covered == 0 {
		return 1
	}
	return float64(busy) / float64(covered)
}

// pauses are the times between one unit's end and the next one's start during which no other child of the parent runs
// either; for units one after another.
func (l *loop) pauses() []int64 {
	list := make([]int64, 0, max(0, len(l.units)-1))
	siblings, busy := l.parent.Children, l.busyUntil()
	for i, u := range l.units[1:] {
		now := l.units[i].End()
		next := sort.Search(len(siblings), func(j int) bool { return siblings[j].Start >= now }) // that may begin in the pause
		if next > 0 {
			now = max(now, busy[next-1])
		}
		var idle int64
		for ; next < len(siblings) && siblings[next].Start < u.Start; next++ {
			idle += max(0, siblings[next].Start-now)
			now = max(now, siblings[next].End())
		}
		list = append(list, idle+max(0, u.Start-now))
	}
	return list
}

// busyUntil is, for each child of the parent, the latest end among it and all that began before it.
func (l *loop) busyUntil() []int64 {
	if l.busy == nil {
		l.busy = make([]int64, len(l.parent.Children))
		until := l.parent.Start
		for i, s := range l.parent.Children {
			until = max(until, s.End())
			l.busy[i] = until
		}
	}
	return l.busy
}

func (l *loop) durations() []int64 { return durations(l.units) }

func durations(spans []*trace.Span) []int64 {
	list := make([]int64, len(spans))
	for i, s := range spans {
		list[i] = s.Duration
	}
	return list
}
