package path

import (
	"cmp"
	"slices"

	"spanwise/doctor/trace"
)

// Replay returns how long root would have taken, with the changes. Without changes it is root's duration.
//
// Every child keeps its pause after the siblings that it followed, or after the parent's start if it followed none; a parent keeps its
// time after its last child. This preserves the order of the spans and the parent's own work, but not the order of parallel
// siblings that only happened to follow one another: see schedule. Replay assumes that other requests stay as they were,
// and that concurrent calls do not slow their callee down.
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
	m.ends = slices.Grow(m.ends[:0], len(plan.children))
	ends := m.ends[:len(plan.children)]
	lastThen, lastNow := s.Start, trace.Micros(0)        // old and new last end of the children that the next one may have followed
	finalThen, finalNow := s.Start, trace.Micros(0)      // the same of all children
	covered, reached := trace.Micros(0), trace.Micros(0) // how long at least one child runs, up to when
	ended := 0
	for i, c := range plan.children {
		for ; ended < i && plan.ended[ended].child < i && plan.ended[ended].at <= c.start; ended++ {
			p := plan.ended[ended].child
			lastThen, lastNow = max(lastThen, plan.children[p].end), max(lastNow, ends[p])
		}
		then, now := lastThen, lastNow
		if p := plan.cause[i]; p >= 0 {
			then, now = plan.children[p].end, ends[p]
		}
		length := c.end - c.start
		ends[i] = max(now+c.start-then, 0) + length
		if e := w.of(c.span); e != nil {
			if e.removed && ended > 0 {
				then = c.start // without the pause before it
			}
			ends[i], length = e.place(w, now+c.start-then, length)
		}
		covered += max(0, ends[i]-max(reached, ends[i]-length))
		reached = max(reached, ends[i])
		finalThen, finalNow = max(finalThen, c.end), max(finalNow, ends[i])
	}
	length := finalNow + s.End() - finalThen
	return length - min(w.of(s).lessSelf, max(0, length-covered))
}

// place returns the new end and length of a changed child, which would start at start and last length without the change.
func (e *effect) place(w *whatIf, start, length trace.Micros) (end, newLength trace.Micros) {
	if before := e.follows; before != nil {
		if p := w.of(before); p.placed {
			start = p.end + e.span.Start - before.End()
		}
	}
	start = max(start, 0)
	if e.removed {
		length = 0
	} else {
		outside := e.span.Duration - length
		length = max(e.length-outside, 0)
	}
	end = start + length
	if e.slots != nil && !e.removed {
		end = e.slots.run(start, length)
	}
	e.end, e.placed = end, true
	return end, length
}

// A schedule is the order in which the children ran that a span waited for.
//
// A child that starts when all before it have ended follows all of them: the parent may have waited for each. If the parent had
// something else running from before the last of them ended, it did not wait for everything: it runs several things in
// parallel, and the child follows only the one that ended last. The others are of parallel branches.
type schedule struct {
	children []clipped // by start, then end
	ended    []ending  // the same children by end
	cause    []int32   // the only one of the children that a child follows; -1 if it follows all that ended
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
	p.findCauses()
	m.schedules[s.Index] = p
	return p
}

// findCauses finds the children that follow only one other.
func (p *schedule) findCauses() {
	p.cause = make([]int32, len(p.children))
	over := make([]bool, len(p.children))
	ended, last, running := 0, -1, 0 // running is the first child that has not ended
	for i, c := range p.children {
		for ; ended < i && p.ended[ended].child < i && p.ended[ended].at <= c.start; ended++ {
			child := p.ended[ended].child
			over[child] = true
			if last < 0 || p.children[child].end >= p.children[last].end {
				last = child
			}
		}
		for running < i && over[running] {
			running++
		}
		p.cause[i] = -1
		if last >= 0 && running < i && p.children[running].start < p.children[last].end {
			p.cause[i] = int32(last)
		}
	}
}
