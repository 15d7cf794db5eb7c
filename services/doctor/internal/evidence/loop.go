package evidence

import (
	"cmp"
	"fmt"
	"slices"

	"spanwise/doctor/call"
	"spanwise/doctor/trace"
)

// A Loop is one span that makes the same call repeatedly. Its turns are the calls, or wrappers around them.
type Loop struct {
	Parent *trace.Span
	Calls  []*call.Call
	Units  []*trace.Span  // the turns: the children of Parent that hold the calls
	OnPath trace.Micros   // of the critical path in the loop's work
	busy   []trace.Micros // see busyUntil

	different int // see Keys
	counted   bool
}

// A pass is a call on its way up to the loop that it belongs to.
type pass struct {
	call     *call.Call
	unit     *trace.Span // the call, or the wrapper around it
	wrappers string      // names of the wrappers between the two
}

// findLoops groups calls that ask the same question under one parent, at least so many for a loop. If each call has
// a wrapper of its own (a span for each turn, a repository method), the wrappers' parent is the one that loops. The
// heaviest loops come first; beyond a generous number the lightest are dropped.
func (e *Exam) findLoops(least int) []*Loop {
	const wrappers, most = 3, 64
	round := make([]pass, 0, len(e.Calls))
	for _, c := range e.Calls {
		if !c.Housekeeping && c.Span.Parent != nil {
			round = append(round, pass{c, c.Span, ""})
		}
	}
	var found []*Loop
	for range wrappers + 1 {
		var next []pass
		for _, group := range together(round) {
			if len(group) >= least {
				if l := e.newLoop(round, group); !oncePerMessage(l) {
					found = append(found, l)
				}
				continue
			}
			for _, i := range group {
				p := round[i]
				if w := p.unit.Parent; Wraps(w) {
					next = append(next, pass{p.call, w, p.wrappers + "/" + call.WithoutIdentifiers(w.Name)})
				}
			}
		}
		round = next
	}
	slices.SortStableFunc(found, func(a, b *Loop) int { return cmp.Compare(b.OnPath, a.OnPath) })
	return found[:min(len(found), most)]
}

// Wraps reports whether a span only wraps its children: an inner span of its process, or the span of one message of
// a batch that was fetched before.
func Wraps(s *trace.Span) bool {
	if s.Parent == nil || s.Remote() || s.Calling() || s.Kind == trace.Server {
		return false
	}
	return s.Kind != trace.Consumer || !s.Parent.Calling()
}

// together groups passes in order of their first. A group holds indexes into the round: copies of the passes would make 100,000
// calls of one loop 10 % slower.
func together(round []pass) (groups [][]int32) {
	type sameness struct {
		parent   *trace.Span
		wrappers string
		asks     int32
	}
	index := map[sameness]int{}
	var last sameness // of the pass before, which is often that of the next
	g := -1
	for i, p := range round {
		if key := (sameness{p.unit.Parent, p.wrappers, p.call.Group}); g < 0 || key != last {
			known := false
			if g, known = index[key]; !known {
				g = len(groups)
				index[key], groups = g, append(groups, nil)
			}
			last = key
		}
		groups[g] = append(double(groups[g]), int32(i))
	}
	return groups
}

func (e *Exam) newLoop(round []pass, group []int32) *Loop {
	l := &Loop{
		Parent: round[group[0]].unit.Parent,
		Calls:  make([]*call.Call, 0, len(group)),
		Units:  make([]*trace.Span, 0, len(group)),
	}
	for _, i := range group {
		p := round[i]
		l.Calls = append(l.Calls, p.call)
		if n := len(l.Units); n == 0 || l.Units[n-1] != p.unit {
			l.Units = append(l.Units, p.unit)
		}
	}
	l.OnPath = e.PathIn(l.Work())
	return l
}

// oncePerMessage reports calls that a stream makes as messages arrive, longer apart than the calls take. One message can still cause a loop.
func oncePerMessage(l *Loop) bool {
	if streams(l.Parent) == "" {
		return false
	}
	apart := make([]trace.Micros, 0, len(l.Units))
	for i, u := range l.Units[1:] {
		apart = append(apart, u.Start-l.Units[i].End())
	}
	return Median(apart) > Median(l.Durations())
}

// Work is the spans in which the loop's calls take place: its turns or, if these mostly do something other than
// call, the calls alone. Housekeeping for a call, such as preparing its statement, is part of calling.
func (l *Loop) Work() []*trace.Span {
	var inCalls, inUnits trace.Micros
	for _, c := range l.Calls {
		inCalls += c.Span.Duration
	}
	for _, u := range l.Units {
		inUnits += u.Duration
		for _, s := range u.Children {
			if !u.Calling() && call.Housekeeping(s) {
				inCalls += s.Duration
			}
		}
	}
	if inCalls*2 >= inUnits {
		return l.Units
	}
	return each(l.Calls, func(c *call.Call) *trace.Span { return c.Span })
}

// Keys counts the different items that the loop asked for; known is false if the trace hides them.
func (l *Loop) Keys() (different int, known bool) {
	if !l.counted {
		l.counted, l.different = true, distinct(l.Calls)
	}
	return l.different, l.different > 0
}

// distinct counts the calls' keys; 0 if one is hidden. Repeated writes to one address differ in something that the
// trace does not show, unless the last one replaces what the others wrote.
func distinct(calls []*call.Call) int {
	seen := make(map[string]bool, len(calls))
	for _, c := range calls {
		if c.Key == "" || seen[c.Key] && c.Effect != call.Reads && !c.Overwrites() {
			return 0
		}
		seen[c.Key] = true
	}
	return len(seen)
}

// Significant reports a loop that is long or heavy enough to be a finding of its own.
func (l *Loop) Significant(e *Exam) bool { return len(l.Calls) >= 5 || e.Share(l.OnPath) >= 0.2 }

// AsksOnce reports a loop that asks for few items many times.
func (l *Loop) AsksOnce() bool {
	different, known := l.Keys()
	return known && different < (len(l.Calls)+1)/2
}

// WithoutRetries drops the attempts that failed and were repeated.
func (l *Loop) WithoutRetries() *Loop {
	if len(l.Units) != len(l.Calls) {
		return l
	}
	kept := &Loop{Parent: l.Parent, OnPath: l.OnPath}
	for i, c := range l.Calls {
		again := i+1 < len(l.Calls) && l.Calls[i+1].Key == c.Key
		if !c.Failed || !again {
			kept.Calls, kept.Units = append(kept.Calls, c), append(kept.Units, l.Units[i])
		}
	}
	return kept
}

// Describe names what the loop requests, and from whom.
func (l *Loop) Describe() string {
	return l.Calls[0].To(l.Callee()).Describe()
}

// Callee names the loop's callee, or the first of equal instances that take turns.
func (l *Loop) Callee() string {
	names := map[string]bool{}
	for _, c := range l.Calls {
		names[c.Callee] = true
	}
	if len(names) == 1 {
		return l.Calls[0].Callee
	}
	return fmt.Sprintf("%s and %s like it", l.Calls[0].Callee, Times(len(names)-1, "other"))
}
