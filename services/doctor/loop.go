package doctor

import (
	"cmp"
	"slices"

	"spanwise/doctor/call"
	"spanwise/doctor/trace"
)

// A loop is one span that makes the same call again and again.
type loop struct {
	parent *trace.Span
	calls  []*call.Call
	units  []*trace.Span // the children of parent that hold the calls
	path   int64         // µs of the critical path in the loop's work
	busy   []int64       // see busyUntil

	different int // see keys
	counted   bool
}

// A pass is a call on its way to the loop it belongs to.
type pass struct {
	call     *call.Call
	unit     *trace.Span // the call, or the wrapper around it
	wrappers string      // names of the wrappers between
}

// findLoops groups calls that ask the same thing under one parent. Where each call sits in a wrapper of its own (a span for each
// turn of the loop, a repository method), the wrappers' parent is the one that loops. At least so many calls make a
// loop. The heaviest come first, and of absurdly many only those.
func (e *exam) findLoops(least int) []*loop {
	const wrappers, most = 3, 64
	round := make([]pass, 0, len(e.calls))
	for _, c := range e.calls {
		if !c.Housekeeping && c.Span.Parent != nil {
			round = append(round, pass{c, c.Span, ""})
		}
	}
	var found []*loop
	for range wrappers + 1 {
		var next []pass
		for _, group := range together(round) {
			if len(group) >= least {
				found = append(found, e.newLoop(round, group))
				continue
			}
			for _, i := range group {
				p := round[i]
				if w := p.unit.Parent; wraps(w) {
					next = append(next, pass{p.call, w, p.wrappers + "/" + call.Nameless(w.Name)})
				}
			}
		}
		round = next
	}
	slices.SortStableFunc(found, func(a, b *loop) int { return cmp.Compare(b.path, a.path) })
	return found[:min(len(found), most)]
}

// wraps reports whether a span only stands around what it holds: an inner span of its process. So does the span of each
// message of a batch that was fetched before.
func wraps(s *trace.Span) bool {
	if s.Parent == nil || s.Remote() || s.Calling() || s.Kind == trace.Server {
		return false
	}
	return s.Kind != trace.Consumer || !s.Parent.Calling()
}

// together groups passes, in order of their first; a group holds their places in the round.
func together(round []pass) [][]int32 {
	type sameness struct {
		parent   *trace.Span
		wrappers string
		asks     int32
	}
	index := map[sameness]int32{}
	groupOf := make([]int32, len(round))
	var sizes []int32
	for i, p := range round {
		key := sameness{p.unit.Parent, p.wrappers, p.call.Group}
		g, known := index[key]
		if !known {
			g = int32(len(sizes))
			index[key] = g
			sizes = append(sizes, 0)
		}
		groupOf[i] = g
		sizes[g]++
	}
	groups, places := make([][]int32, len(sizes)), make([]int32, len(round))
	for g, n := range sizes {
		groups[g], places = places[:0:n], places[n:]
	}
	for i, g := range groupOf {
		groups[g] = append(groups[g], int32(i))
	}
	return groups
}

func (e *exam) newLoop(round []pass, group []int32) *loop {
	l := &loop{
		parent: round[group[0]].unit.Parent,
		calls:  make([]*call.Call, 0, len(group)),
		units:  make([]*trace.Span, 0, len(group)),
	}
	for _, i := range group {
		p := round[i]
		l.calls = append(l.calls, p.call)
		if n := len(l.units); n == 0 || l.units[n-1] != p.unit {
			l.units = append(l.units, p.unit)
		}
	}
	l.path = e.onPath(l.work())
	return l
}

// work is what the loop's calls take: the units or, where these mostly do something else around them, the calls alone.
func (l *loop) work() []*trace.Span {
	var inCalls, inUnits int64
	for _, c := range l.calls {
		inCalls += c.Span.Duration
	}
	for _, u := range l.units {
		inUnits += u.Duration
	}
	if inCalls*2 >= inUnits {
		return l.units
	}
	calls := make([]*trace.Span, len(l.calls))
	for i, c := range l.calls {
		calls[i] = c.Span
	}
	return calls
}

// keys counts the different things that the loop asked for; known is false where the trace hides them.
func (l *loop) keys() (different int, known bool) {
	if !l.counted {
		l.counted, l.different = true, distinct(l.calls)
	}
	return l.different, l.different > 0
}

// distinct counts the calls' keys, 0 if one is hidden. What is sent to one address again and again, other than to read, is told
// apart by what the trace does not show.
func distinct(calls []*call.Call) int {
	seen := make(map[string]bool, len(calls))
	for _, c := range calls {
		if c.Key == "" || seen[c.Key] && c.Effect != call.Reads {
			return 0
		}
		seen[c.Key] = true
	}
	return len(seen)
}
