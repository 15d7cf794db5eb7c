// Package path computes what a request waited for: its critical path ([Critical]), and how long the request would have taken if
// something had been different ([Model.Replay]).
//
// Both depend on which of its children a span waited for, and on which of these began only after another one had ended. A [Model] knows.
package path

import "spanwise/doctor/trace"

// A Model knows which spans of a trace waited for which. Make it with [New]; it is not safe for concurrent use.
//
// Its slices and schedules are indexed by Span.Index.
type Model struct {
	trace          *trace.Trace
	endedWhileBusy map[*trace.Span]bool // see unawaited
	depth          []int32              // 1 for a root
	schedules      map[int]*schedule    // of the spans replayed so far
	effectOf       []int32              // in the current replay: 1 + the index in whatIf.effects, or 0
	spare          []effect             // a buffer for the effects of the next replay
	ends           []trace.Micros       // a buffer for the new ends of children
}

// New makes the model of a trace in O(n).
func New(t *trace.Trace) *Model {
	m := &Model{
		trace: t, endedWhileBusy: endedWhileBusy(t),
		depth: make([]int32, len(t.Spans)), schedules: map[int]*schedule{}, effectOf: make([]int32, len(t.Spans)),
	}
	for _, s := range t.Spans {
		m.depthOf(s)
	}
	return m
}

// Forget frees what replaying has built up. It is built again if there are more replays.
func (m *Model) Forget() { m.schedules, m.spare, m.ends = map[int]*schedule{}, nil, nil }

// depthOf returns the depth of s, and records it and those of its ancestors.
func (m *Model) depthOf(s *trace.Span) int32 {
	if s == nil {
		return 0
	}
	if m.depth[s.Index] == 0 {
		m.depth[s.Index] = 1 + m.depthOf(s.Parent)
	}
	return m.depth[s.Index]
}

// slack is how far s may overlap its neighbour and still count as sequential. It allows for rounding and the cost of taking a timestamp,
// up to 1 % of the parent or 10 % of s.
func (m *Model) slack(parent, s *trace.Span) trace.Micros {
	const resolution = 50 // µs
	return min(max(s.Resolution(), resolution), parent.Duration/100, s.Duration/10)
}

// overlap is how far s may overlap next, the sibling that begins after it, and still count as sequential. If they ran in different
// processes and either clock is coarse, rounding may amount to a whole tick, however short the spans are.
func (m *Model) overlap(parent, s, next *trace.Span) trace.Micros {
	if next == nil || s.Resolution() == 1 && next.Resolution() == 1 || s.Process() == next.Process() {
		return m.slack(parent, s)
	}
	return min(trace.Millisecond, parent.Duration/100, s.Duration/2)
}

// A Wait is how a span waited for one of its children.
type Wait uint8

const (
	Blocks   Wait = iota // the parent waited until the child ended
	Detached             // the parent did not wait
	GaveUp               // the parent waited for a time and gave up; the child kept running
)

// Waits returns how parent waited for its child c.
//
// If c ends after its parent, the process in which it ran decides: in another process, the caller waited until it gave up; in the same
// process, the parent did not wait at all, or it could not have returned. For messages see unawaited.
func (m *Model) Waits(parent, c *trace.Span) Wait {
	switch {
	case sentMessage(parent, c) && m.unawaited(parent, c):
		return Detached
	case c.Start >= parent.End() && (c.Duration > 0 || c.Start > parent.End()):
		return Detached
	case c.End() <= parent.End()+m.slack(parent, c) || !c.Outlives(parent):
		return Blocks
	case c.Remote() || parent.Kind == trace.Client:
		return GaveUp
	}
	return Detached
}

// clip returns the part of child c that lies within its parent: the parent cannot have waited for the rest.
func clip(parent, c *trace.Span) (start, end trace.Micros) {
	end = min(c.End(), parent.End())
	return min(max(c.Start, parent.Start), end), end
}
