package path

import (
	"cmp"
	"slices"

	"spanwise/doctor/trace"
)

// Replay returns how long root would have taken, with the changes. Without changes it is root's duration.
//
// Every child keeps its pause after the sibling that it followed, or after the parent's start if it followed none; a parent keeps its
// time after its last child. This preserves the order of the spans and the parent's own work. Replay assumes that
// other requests stay as they were, and that concurrent calls do not slow their callee down.
//
// It replays only the ancestors of changed spans, in time proportional to the number of their children.
func (m *Model) Replay(root *trace.Span, changes ...Change) trace.Micros {
	w := m.whatIf(changes)
	defer w.release()
	for _, s := range w.affected() {
		d := m.replay(s, w)
		if e := w.of(s); !e.capped || d < e.length && !e.exact {
			e.length = d
		}
	}
	switch e := w.of(root); {
	case e == nil:
		return root.Duration
	case e.removed:
		return 0
	default:
		return e.length
	}
}

// affected lists the spans whose duration may follow from the changes: the ancestors of changed spans, and the spans that lose self
// time. The deepest come first.
func (w *whatIf) affected() []*trace.Span {
	var list []*trace.Span
	up := func(s *trace.Span) {
		for ; s != nil; s = s.Parent {
			e := w.ensure(s)
			if e.replayed {
				return
			}
			e.replayed = true
			list = append(list, s)
		}
	}
	for i := range len(w.effects) { // up adds more, which are not changed themselves
		if e := w.effects[i]; e.lessSelf > 0 {
			up(e.span)
		} else {
			up(e.span.Parent)
		}
	}
	depth := w.model.depth
	slices.SortFunc(list, func(a, b *trace.Span) int {
		return cmp.Or(cmp.Compare(depth[b.Index], depth[a.Index]), cmp.Compare(a.Index, b.Index))
	})
	return list
}

// replay returns the duration of s after the changes to its children. It computes each child's new end, counted from the start of s.
func (m *Model) replay(s *trace.Span, w *whatIf) trace.Micros {
	plan := m.schedule(s)
	ends := make([]trace.Micros, len(plan.children))
	lastThen, lastNow := s.Start, trace.Micros(0)        // old and new last end of the children that the next one may have followed
	finalThen, finalNow := s.Start, trace.Micros(0)      // the same of all children
	covered, reached := trace.Micros(0), trace.Micros(0) // how long at least one child runs, up to when
	ended := 0
	for i, c := range plan.children {
		for ; ended < i && plan.ended[ended].child < i && plan.ended[ended].at <= c.start; ended++ {
			p := plan.ended[ended].child
			lastThen, lastNow = max(lastThen, plan.children[p].end), max(lastNow, ends[p])
		}
		start := max(lastNow+c.start-lastThen, 0)
		length := c.end - c.start
		switch e := w.of(c.span); {
		case e == nil:
			ends[i] = start + length
		case e.removed:
			if length = 0; ended > 0 {
				start = lastNow // without the pause before it
			}
			ends[i] = start
		default:
			outside := c.span.Duration - length
			if length = max(e.length-outside, 0); e.slots != nil {
				ends[i] = e.slots.run(start, length)
			} else {
				ends[i] = start + length
			}
		}
		covered += max(0, ends[i]-max(reached, ends[i]-length))
		reached = max(reached, ends[i])
		finalThen, finalNow = max(finalThen, c.end), max(finalNow, ends[i])
	}
	length := finalNow + s.End() - finalThen
	return length - min(w.of(s).lessSelf, max(0, length-covered))
}

// A schedule is the order in which the children ran that a span waited for.
type schedule struct {
	children []clipped // by start, then end
	ended    []ending  // the same children by end
}

// An ending is the time from which a sibling that starts counts as following the child.
type ending struct {
	at    trace.Micros
	child int // in schedule.children
}

// follower is the first sibling that begins in the last millisecond of the i-th child or later; nil if there is none.
func (p *schedule) follower(i int) *trace.Span {
	at, _ := slices.BinarySearchFunc(p.children, p.children[i].end-trace.Millisecond, func(c clipped, t trace.Micros) int { return cmp.Compare(c.start, t) })
	if at == i {
		at++
	}
	if at >= len(p.children) {
		return nil
	}
	return p.children[at].span
}

// schedule returns the schedule of s's children, which it makes only once. A child's ending is after its start, or equal for a child
// without duration. Therefore a child that ended before another started also precedes it in children.
func (m *Model) schedule(s *trace.Span) *schedule {
	if p := m.schedules[s.Index]; p != nil {
		return p
	}
	p := &schedule{}
	for _, c := range s.Children {
		if m.Waits(s, c) != Detached {
			start, end := clip(s, c)
			p.children = append(p.children, clipped{c, start, end})
		}
	}
	slices.SortStableFunc(p.children, func(a, b clipped) int {
		return cmp.Or(cmp.Compare(a.start, b.start), cmp.Compare(a.end, b.end))
	})
	for i, c := range p.children {
		p.ended = append(p.ended, ending{max(c.end-m.overlap(s, c.span, p.follower(i)), c.start), i})
	}
	slices.SortFunc(p.ended, func(a, b ending) int {
		return cmp.Or(cmp.Compare(a.at, b.at), cmp.Compare(a.child, b.child))
	})
	m.schedules[s.Index] = p
	return p
}
