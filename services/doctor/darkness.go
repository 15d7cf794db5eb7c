package doctor

import (
	"spanwise/doctor/path"
	"spanwise/doctor/trace"
)

// darkness is what of the critical path no record explains.
type darkness struct {
	us      []int64 // of each span's own time, by Span.Index
	at      []int64 // of each stretch of the path
	longest []int32 // each span's longest, as its place in the path plus one, by Span.Index
}

// dark measures the darkness, once.
func (e *exam) dark() *darkness {
	if e.darkness != nil {
		return e.darkness
	}
	n := len(e.trace.Spans)
	d := &darkness{make([]int64, n), make([]int64, len(e.path)), make([]int32, n)}
	turns := e.turns()
	sweeps := make([]sweep, n)
	for i, seg := range e.path {
		s := seg.Span.Index
		if !unlit(seg.Span) || e.idling[s] {
			continue
		}
		d.at[i] = sweeps[s].dark(e.model, seg, turns)
		d.us[s] += d.at[i]
		if j := d.longest[s]; j == 0 || d.at[i] > d.at[j-1] {
			d.longest[s] = int32(i + 1)
		}
	}
	e.darkness = d
	return d
}

// unlit reports whether a span's own time says nothing of what was done in it: it has parts that were recorded and these
// are not among them, or it is but the door through which a request came.
func unlit(s *trace.Span) bool {
	if s.Calling() || housekeeping(s) {
		return false
	}
	return len(s.Children) > 0 || s.Parent == nil || s.Remote() || s.Kind == trace.Server || s.Kind == trace.Consumer
}

// A sweep goes over a span's stretches of the path, and its children, in order of time.
type sweep struct {
	next int         // the child that has not begun yet
	last *trace.Span // of those that have, the one that ends last
}

// dark is how much of a stretch nothing explains. What a child is recorded in is explained, though it did not hold the span up; and so is
// the time after a turn of a loop: it is back-off, an interval, or the loop's own work, and belongs to what is said of the loop.
func (w *sweep) dark(m *path.Model, seg path.Segment, turns []bool) (us int64) {
	now := seg.Lo
	begin := func(before int64) {
		for children := seg.Span.Children; w.next < len(children) && children[w.next].Start < before; w.next++ {
			c := children[w.next]
			if m.Waits(seg.Span, c) == path.Detached {
				continue
			}
			us += max(0, c.Start-now)
			now = max(now, c.End())
			if w.last == nil || c.End() >= w.last.End() {
				w.last = c
			}
		}
	}
	begin(seg.Lo)
	if w.last != nil {
		if w.last.End() == seg.Lo && turns[w.last.Index] {
			return 0
		}
		now = max(now, w.last.End())
	}
	begin(seg.Hi)
	return us + max(0, seg.Hi-now)
}

// turns marks the turns of loops, but the last of each, by Span.Index.
func (e *exam) turns() []bool {
	turns := make([]bool, len(e.trace.Spans))
	for _, l := range e.loops(3) {
		for _, u := range l.units[:len(l.units)-1] {
			turns[u.Index] = true
		}
	}
	return turns
}

// unexplained is the share of the root that is dark, in spans that have parts and in the root.
func (e *exam) unexplained() float64 {
	var us int64
	for _, s := range e.spent {
		if len(s.Children) > 0 || s == e.root {
			us += e.dark().us[s.Index]
		}
	}
	return e.share(us)
}
