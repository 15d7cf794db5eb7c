// Package path computes what a request waited for: its critical path ([Critical]) and how long it would
// have taken had something been otherwise ([Model.Replay]).
//
// Both rest on one question, which [Model] answers: for which of its children did a span wait,
// and which of these began only after another had ended?
package path

import "spanwise/doctor/trace"

// A Model knows who waited for whom in one trace. Make it with [New]; it is not safe for concurrent use.
type Model struct {
	trace  *trace.Trace
	coarse []bool               // spans whose process has a clock that ticks in whole milliseconds, by Index
	strays map[*trace.Span]bool // see handedOver
	depth  []int32              // of each span, by its Index
	plans  map[int]*schedule    // of the spans replayed so far, by their Index
	fates  []int32              // of the spans in the world being replayed, by Index: place in world.fates, plus one
	spare  []fate               // room for the fates of the next world
}

// New makes the model of a trace. It costs O(n).
func New(t *trace.Trace) *Model {
	m := &Model{trace: t, coarse: coarseClocks(t), strays: findStrays(t), plans: map[int]*schedule{}, fates: make([]int32, len(t.Spans))}
	m.depth = make([]int32, len(t.Spans))
	for _, s := range t.Spans {
		m.measure(s)
	}
	return m
}

// measure sets the depth of s and of its ancestors, walking up only to the first that is known.
func (m *Model) measure(s *trace.Span) {
	n := int32(0)
	p := s
	for ; p != nil && m.depth[p.Index] == 0; p = p.Parent {
		n++
	}
	if p != nil {
		n += m.depth[p.Index]
	}
	for ; s != nil && m.depth[s.Index] == 0; s = s.Parent {
		m.depth[s.Index] = n
		n--
	}
}

// coarseClocks finds processes all of whose times are whole milliseconds apart: their clocks say no more.
// Only differences count, so that moving a trace in time changes nothing.
func coarseClocks(t *trace.Trace) []bool {
	type process struct{ service, host string }
	type clock struct {
		first int64
		fine  bool
	}
	clocks := map[process]*clock{}
	of := make([]*clock, len(t.Spans))
	for i, s := range t.Spans {
		p := process{s.Service, s.Host}
		if of[i] = clocks[p]; of[i] == nil {
			of[i] = &clock{first: s.Start}
			clocks[p] = of[i]
		}
		if (s.Start-of[i].first)%1000 != 0 || s.Duration%1000 != 0 {
			of[i].fine = true
		}
	}
	coarse := make([]bool, len(t.Spans))
	for i, c := range of {
		coarse[i] = !c.fine
	}
	return coarse
}

// slack is how far two neighbouring times may overlap and still count as one after the other: rounding and the
// cost of taking a timestamp, but never more than 1 % of the parent or 10 % of the span itself.
func (m *Model) slack(parent, s *trace.Span) int64 {
	const resolution = 50 // µs
	return min(max(m.Tick(s), resolution), parent.Duration/100, s.Duration/10)
}

// Tick is what the times of s may have been rounded down by, in µs.
func (m *Model) Tick(s *trace.Span) int64 {
	if m.coarse[s.Index] {
		return 1000
	}
	return 1
}

// overlap is how far s may overlap the sibling that begins after it. Where they are of two processes and the clock of either is coarse,
// rounding may be a whole tick, however short they are.
func (m *Model) overlap(parent, s, next *trace.Span) int64 {
	if next == nil || !m.coarse[s.Index] && !m.coarse[next.Index] || s.Service == next.Service && s.Host == next.Host {
		return m.slack(parent, s)
	}
	return min(1000, parent.Duration/100, s.Duration/2)
}

// A Wait says whether and how a span waited for one of its children.
type Wait uint8

const (
	Blocks   Wait = iota // the parent ended after the child, or was cut short waiting for it
	Detached             // the parent did not wait: the child started something of its own
	GaveUp               // the parent waited until it had enough; the callee went on
)

// Waits says how parent waited for its child c.
//
// A child in another process that runs on was waited for until the caller gave up. A child in the same process
// that runs on was not waited for at all: the parent could not have returned otherwise. For messages see handedOver.
func (m *Model) Waits(parent, c *trace.Span) Wait {
	switch {
	case message(parent, c) && m.handedOver(parent, c):
		return Detached
	case c.Start >= parent.End() && (c.Duration > 0 || c.Start > parent.End()):
		return Detached
	case c.End() <= parent.End():
		return Blocks
	case c.Remote() || parent.Kind == trace.Client:
		if c.End() > parent.End()+m.slack(parent, c) {
			return GaveUp
		}
		return Blocks
	case c.End() > parent.End()+m.slack(parent, c):
		return Detached
	}
	return Blocks
}

// clip is the part of child c that lies within its parent, which is all the parent can have waited for.
func clip(parent, c *trace.Span) (start, end int64) {
	end = min(c.End(), parent.End())
	return min(max(c.Start, parent.Start), end), end
}
