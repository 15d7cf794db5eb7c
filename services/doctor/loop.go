package doctor

import (
	"cmp"
	"slices"

	"spanwise/doctor/trace"
)

// A loop is one span that makes the same call again and again.
type loop struct {
	parent *trace.Span
	calls  []*call
	units  []*trace.Span // the children of parent that hold the calls
	path   int64         // µs of the critical path in the units
}

// A pass is a call on its way to the loop it belongs to.
type pass struct {
	call     *call
	unit     *trace.Span // the call, or the wrapper around it
	wrappers string      // names of the wrappers between
}

// loops groups calls that ask the same thing under one parent. Where each call sits in a wrapper of its own (a span for each
// turn of the loop, a repository method), the wrappers' parent is the one that loops. At least so many calls make a
// loop. The heaviest come first, and of absurdly many only those.
func (e *exam) loops(least int) []*loop {
	const wrappers, most = 3, 64
	if known, ok := e.looped[least]; ok {
		return known
	}
	var round []pass
	for _, c := range e.calls {
		if !c.chore && c.span.Parent != nil {
			round = append(round, pass{c, c.span, ""})
		}
	}
	var found []*loop
	for range wrappers + 1 {
		var next []pass
		for _, group := range together(round) {
			if len(group) >= least {
				found = append(found, e.newLoop(group))
				continue
			}
			for _, p := range group {
				if w := p.unit.Parent; wraps(w) {
					next = append(next, pass{p.call, w, p.wrappers + "/" + w.Name})
				}
			}
		}
		round = next
	}
	slices.SortStableFunc(found, func(a, b *loop) int { return cmp.Compare(b.path, a.path) })
	e.looped[least] = found[:min(len(found), most)]
	return e.looped[least]
}

// wraps reports whether a span only stands around what it holds: an inner span of its process.
func wraps(s *trace.Span) bool {
	return s.Parent != nil && !s.Remote() && !s.Calling() && s.Kind != trace.Server && s.Kind != trace.Consumer
}

// together groups passes, in order of their first.
func together(round []pass) [][]pass {
	type sameness struct {
		parent                        *trace.Span
		wrappers, what, callee, where string
	}
	index := map[sameness]int{}
	var groups [][]pass
	for _, p := range round {
		key := sameness{p.unit.Parent, p.wrappers, p.call.what, p.call.callee, p.call.where}
		i, known := index[key]
		if !known {
			i = len(groups)
			index[key] = i
			groups = append(groups, nil)
		}
		groups[i] = append(groups[i], p)
	}
	return groups
}

func (e *exam) newLoop(group []pass) *loop {
	l := &loop{parent: group[0].unit.Parent}
	for _, p := range group {
		l.calls = append(l.calls, p.call)
		if n := len(l.units); n == 0 || l.units[n-1] != p.unit {
			l.units = append(l.units, p.unit)
		}
	}
	l.path = e.onPath(l.units)
	return l
}

// keys counts the different things that the loop asked for; known is false where the trace hides them.
func (l *loop) keys() (different int, known bool) {
	seen := map[string]bool{}
	for _, c := range l.calls {
		if c.which == "" {
			return 0, false
		}
		seen[c.which] = true
	}
	return len(seen), true
}

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
	var list []int64
	siblings := l.parent.Children
	next := 0 // the first sibling that may run after the unit
	for i := 1; i < len(l.units); i++ {
		now, until := l.units[i-1].End(), l.units[i].Start
		var idle int64
		for ; next < len(siblings) && siblings[next].Start < until; next++ {
			idle += max(0, siblings[next].Start-now)
			now = max(now, siblings[next].End())
		}
		list = append(list, idle+max(0, until-now))
	}
	return list
}

func (l *loop) durations() []int64 {
	list := make([]int64, len(l.units))
	for i, u := range l.units {
		list[i] = u.Duration
	}
	return list
}
