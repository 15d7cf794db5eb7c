package path

import (
	"cmp"
	"slices"

	"spanwise/doctor/trace"
)

// Replay is how long root would have taken, in µs, had the changes been so. Without changes it is root's duration.
//
// Every child keeps its pause after the sibling it followed, or its distance from the parent's start if it followed none; a parent ends
// as long after its last child as it did. So all order that was seen is kept, and the parent's own work with it.
// Assumed are: other requests stay as they were, and a callee is as fast when it is called side by side.
//
// Only spans above a change are replayed: the cost is that of their children.
func (m *Model) Replay(root *trace.Span, changes ...Change) int64 {
	w := m.newWorld(changes)
	defer w.leave()
	for _, s := range w.above() {
		d := m.replay(s, w)
		if f := w.of(s); !f.fixed || d < f.length && !f.exact {
			f.length = d
		}
	}
	switch f := w.of(root); {
	case f == nil:
		return root.Duration
	case f.gone:
		return 0
	default:
		return f.length
	}
}

// above lists the spans that may last shorter through others: the ancestors of those that a change is about, and those that lose
// time of their own. The deepest come first.
func (w *world) above() []*trace.Span {
	var list []*trace.Span
	up := func(s *trace.Span) {
		for ; s != nil; s = s.Parent {
			f := w.touch(s)
			if f.above {
				return
			}
			f.above = true
			list = append(list, s)
		}
	}
	for i := range len(w.fates) { // those of the changes
		if f := w.fates[i]; f.less > 0 {
			up(f.span)
		} else {
			up(f.span.Parent)
		}
	}
	depth := w.model.depth
	slices.SortFunc(list, func(a, b *trace.Span) int {
		return cmp.Or(cmp.Compare(depth[b.Index], depth[a.Index]), cmp.Compare(a.Index, b.Index))
	})
	return list
}

// replay runs s again with what the changes made of its children.
func (m *Model) replay(s *trace.Span, w *world) int64 {
	plan := m.plan(s)
	ends := make([]int64, len(plan.children)) // all new times count from the start of s
	lastThen, lastNow := s.Start, int64(0)    // the last end among those that the next child may have followed
	finalThen, finalNow := s.Start, int64(0)  // and among all children
	covered, reached := int64(0), int64(0)    // how much of the time any child runs, and up to when
	ended := 0
	for i, c := range plan.children {
		for ; ended < i && plan.ended[ended].child < i && plan.ended[ended].at <= c.start; ended++ {
			p := plan.ended[ended].child
			lastThen, lastNow = max(lastThen, plan.children[p].end), max(lastNow, ends[p])
		}
		start := max(lastNow+c.start-lastThen, 0)
		length := c.end - c.start
		switch f := w.of(c.span); {
		case f == nil:
			ends[i] = start + length
		case f.gone:
			if length = 0; ended > 0 {
				start = lastNow // with the pause before it
			}
			ends[i] = start
		default:
			if length = max(f.length-c.cut(), 0); f.group != nil {
				ends[i] = f.group.place(start, length)
			} else {
				ends[i] = start + length
			}
		}
		covered += max(0, ends[i]-max(reached, ends[i]-length))
		reached = max(reached, ends[i])
		finalThen, finalNow = max(finalThen, c.end), max(finalNow, ends[i])
	}
	length := finalNow + s.End() - finalThen
	return length - min(w.of(s).less, max(0, length-covered))
}

// cut is how much of the child lies outside its parent.
func (c clipped) cut() int64 { return c.span.Duration - (c.end - c.start) }

// A schedule is the order in which a span's children ran, as far as it waited for them.
type schedule struct {
	children []clipped // by start, then end
	ended    []ending  // the same by end
}

// An ending is the moment from which a sibling that starts counts as started afterwards.
type ending struct {
	at    int64
	child int // in schedule.children
}

// follower is the first sibling that begins in the last millisecond of the i-th child, or after it.
func (p *schedule) follower(i int) *trace.Span {
	at, _ := slices.BinarySearchFunc(p.children, p.children[i].end-1000, func(c clipped, t int64) int { return cmp.Compare(c.start, t) })
	if at == i {
		at++
	}
	if at >= len(p.children) {
		return nil
	}
	return p.children[at].span
}

// plan makes the schedule of s's children, once. A child's ending is never before its own start, and equal only for
// a child without duration; so whatever ended before another starts stands before it in children, too.
func (m *Model) plan(s *trace.Span) *schedule {
	if p := m.plans[s.Index]; p != nil {
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
	m.plans[s.Index] = p
	return p
}
