package path

import (
	"cmp"
	"slices"

	"spanwise/doctor/trace"
)

// A Segment is a part of the critical path: from Lo to Hi the request waited for Span itself and for none of its children.
// If Span is a call, this is time that the callee does not account for: it was spent on the edge between caller and callee.
type Segment struct {
	Span   *trace.Span
	Lo, Hi trace.Micros // since the Unix epoch
}

// Callee is the service at the other end of the edge; "" if the time is Span's own.
func (s Segment) Callee() string { return s.Span.Callee() }

// Duration is in µs.
func (s Segment) Duration() trace.Micros { return s.Hi - s.Lo }

// Critical returns the critical path of root in order of time. The segments do not overlap, and together cover root exactly;
// a root without duration has none.
func Critical(t *trace.Trace, root *trace.Span) []Segment { return New(t).Critical(root) }

// Critical does what [Critical] does, in O(n log n) for the n spans below root.
//
// It walks backwards from root's end. Root waited for the child that ended last; before that, for the child that ended last before
// this one began; and so on. The gaps between them are root's own time. A child that was still running when the chosen one began did
// not delay it and is skipped. The time of each chosen child is divided in the same way.
func (m *Model) Critical(root *trace.Span) []Segment {
	var segments []Segment // the last one first
	if root.Parent == nil {
		trees := len(m.trace.Roots) + len(m.trace.Orphans)
		segments = make([]Segment, 0, 2*len(m.trace.Spans)/trees) // each span adds at most one of its own and one of its parent
	}
	var children []clipped // of all stretches on the stack
	enter := func(s *trace.Span, lo, hi trace.Micros) stretch {
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

// A stretch is a part of a span that Critical walks backwards.
type stretch struct {
	span     *trace.Span
	lo, now  trace.Micros // the part that is left
	next     *trace.Span  // the child that begins at now; nil at the end
	from     int          // index of its first child among those of all stretches
	children []clipped    // those left that the span may have waited for, the one that ended last first
}

// previous finds the last child that the span waited for in the part that is left.
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

// A clipped is the part of a span that its parent waited for.
type clipped struct {
	span       *trace.Span
	start, end trace.Micros
}

// latestFirst appends the children that s waited for between lo and hi, the one that ended last first.
func (m *Model) latestFirst(list []clipped, s *trace.Span, lo, hi trace.Micros) []clipped {
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
