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
	Lo, Hi int64 // µs since the epoch
}

// Callee is whom the edge leads to; "" when the time is Span's own.
func (s Segment) Callee() string { return s.Span.Callee() }

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
	var segments []Segment // backwards
	if root.Parent == nil {
		trees := len(m.trace.Roots) + len(m.trace.Orphans)
		segments = make([]Segment, 0, 2*len(m.trace.Spans)/trees) // each span adds its own, and at most one behind it of its parent
	}
	var children []clipped // of all that is on the stack
	enter := func(s *trace.Span, lo, hi int64) stretch {
		from := len(children)
		children = m.latestFirst(children, s, lo, hi)
		return stretch{s, lo, hi, nil, from, children[from:]}
	}
	stack := []stretch{enter(root, root.Start, root.End())}
	for len(stack) > 0 {
		s := &stack[len(stack)-1]
		child, found := s.previous(m)
		end := s.lo
		if found {
			end = child.end
		}
		if end < s.now {
			segments = append(segments, Segment{s.span, end, s.now})
		}
		if !found {
			children = children[:s.from]
			stack = stack[:len(stack)-1]
			continue
		}
		s.now, s.next = child.start, child.span
		stack = append(stack, enter(child.span, child.start, child.end))
	}
	slices.Reverse(segments)
	return segments
}

// A stretch is a part of a span that is being walked backwards.
type stretch struct {
	span     *trace.Span
	lo, now  int64       // what is left of it
	next     *trace.Span // the child that begins then, nil at the end
	from     int         // where its children begin among those of all stretches
	children []clipped   // that may have been waited for in it, the one that ended last first
}

// previous finds the child that was waited for last in what is left of the stretch.
func (s *stretch) previous(m *Model) (child clipped, found bool) {
	for len(s.children) > 0 {
		c := s.children[0]
		s.children = s.children[1:]
		start, end := max(c.start, s.lo), min(c.end, s.now)
		if c.end-m.overlap(s.span, c.span, s.next) <= s.now && start < end {
			return clipped{c.span, start, end}, true
		}
	}
	return clipped{}, false
}

// A clipped child is the part of a child that its parent waited for.
type clipped struct {
	span       *trace.Span
	start, end int64
}

// latestFirst adds to list the children that s waited for between lo and hi, the one that ended last first.
func (m *Model) latestFirst(list []clipped, s *trace.Span, lo, hi int64) []clipped {
	from := len(list)
	for _, c := range s.Children {
		if m.Waits(s, c) == Detached {
			continue
		}
		if start, end := max(c.Start, lo), min(c.End(), hi); start < end {
			list = append(list, clipped{c, start, end})
		}
	}
	slices.SortFunc(list[from:], func(a, b clipped) int {
		return cmp.Or(cmp.Compare(b.end, a.end), cmp.Compare(a.start, b.start), cmp.Compare(a.span.Index, b.span.Index))
	})
	return list
}
