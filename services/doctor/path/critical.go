package path

import (
	"cmp"
	"slices"

	"spanwise/doctor/trace"
)

// A Segment is a stretch of the critical path: from Lo to Hi the request waited for Span itself and for none of
// its children. When Span is a call, what its callee does not account for lies between the two: on the edge.
type Segment struct {
	Span   *trace.Span
	Callee string // whom the edge leads to; "" when the time is Span's own
	Lo, Hi int64  // µs since the epoch
}

// Duration is how long the segment lasts, in µs.
func (s Segment) Duration() int64 { return s.Hi - s.Lo }

// Critical is the critical path of root, in order of time. The segments touch, do not overlap, and cover
// root from its start to its end exactly; a root without duration has none.
func Critical(t *trace.Trace, root *trace.Span) []Segment { return New(t).Critical(root) }

// Critical is the critical path of root, as [Critical] describes it, in O(n log n) for the n spans below root.
//
// It walks backwards from root's end: the child that ended last before then is what was waited for; the next is the one that
// ended last before that child began; what lies between is the parent's own time. A child that was still
// running when the chosen one began did not hold it up and is passed over.
func (m *Model) Critical(root *trace.Span) []Segment {
	type stretch struct {
		span   *trace.Span
		lo, hi int64
	}
	var segments []Segment
	todo := []stretch{{root, root.Start, root.End()}}
	for len(todo) > 0 {
		s := todo[len(todo)-1]
		todo = todo[:len(todo)-1]
		now := s.hi
		for _, c := range m.latestFirst(s.span, s.lo, s.hi) {
			end := min(c.end, now)
			start := max(c.start, s.lo)
			if c.end-m.slack(s.span, c.span) > now || start >= end {
				continue
			}
			segments = charge(segments, s.span, end, now)
			todo = append(todo, stretch{c.span, start, end})
			now = start
		}
		segments = charge(segments, s.span, s.lo, now)
	}
	slices.SortFunc(segments, func(a, b Segment) int { return cmp.Compare(a.Lo, b.Lo) })
	return segments
}

// charge adds a segment to the path, unless it is empty.
func charge(segments []Segment, s *trace.Span, lo, hi int64) []Segment {
	if lo >= hi {
		return segments
	}
	return append(segments, Segment{Span: s, Callee: s.Callee(), Lo: lo, Hi: hi})
}

// A clipped child is the part of a child that its parent waited for.
type clipped struct {
	span       *trace.Span
	start, end int64
}

// latestFirst lists the children that s waited for between lo and hi, the one that ended last first.
func (m *Model) latestFirst(s *trace.Span, lo, hi int64) []clipped {
	var children []clipped
	for _, c := range s.Children {
		if m.Waits(s, c) == Detached {
			continue
		}
		if start, end := max(c.Start, lo), min(c.End(), hi); start < end {
			children = append(children, clipped{c, start, end})
		}
	}
	slices.SortFunc(children, func(a, b clipped) int {
		return cmp.Or(cmp.Compare(b.end, a.end), cmp.Compare(a.start, b.start), cmp.Compare(a.span.Index, b.span.Index))
	})
	return children
}
