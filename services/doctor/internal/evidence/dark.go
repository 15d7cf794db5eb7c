package evidence

import (
	"slices"

	"spanwise/doctor/call"
	"spanwise/doctor/path"
	"spanwise/doctor/trace"
)

// Darkness is what of the critical path no record explains.
type Darkness struct {
	Total   []int64 // of each span's own time, by Span.Index
	At      []int64 // of each stretch of the path
	Longest []int32 // each span's longest, as its place in the path plus one, by Span.Index
}

// findDark measures the darkness.
func (e *Exam) findDark() *Darkness {
	n := len(e.Trace.Spans)
	d := &Darkness{make([]int64, n), make([]int64, len(e.Path)), make([]int32, n)}
	turns := e.rounds()
	sweeps := make([]sweep, n)
	for i, seg := range e.Path {
		s := seg.Span.Index
		w := &sweeps[s]
		if !w.begun {
			w.begun, w.lit = true, e.Idling[s] || !e.unlit(seg.Span)
		}
		if w.lit {
			continue
		}
		d.At[i] = w.dark(e.Model, seg, turns)
		d.Total[s] += d.At[i]
		if j := d.Longest[s]; j == 0 || d.At[i] > d.At[j-1] {
			d.Longest[s] = int32(i + 1)
		}
	}
	return d
}

// unlit reports whether a span's own time says nothing of what was done in it: it has parts that were recorded and these
// are not among them, or it is but the door through which a request came.
func (e *Exam) unlit(s *trace.Span) bool {
	if s.Calling() || e.CallOf[s.Index] == nil && call.Housekeeping(s) {
		return false
	}
	return len(s.Children) > 0 || s.Parent == nil || s.Remote() || s.Kind == trace.Server || s.Kind == trace.Consumer
}

// A sweep goes over a span's stretches of the path, and its children, in order of time.
type sweep struct {
	next       int         // the child that has not begun yet
	last       *trace.Span // of those that have, the one that ends last
	begun, lit bool
}

// dark is how much of a stretch nothing explains. What a child is recorded in is explained, though it did not hold the span up; and so is
// the time from one turn of a loop to the next: it is back-off, an interval, or the loop's own work, and belongs to what is said of
// the loop.
func (w *sweep) dark(m *path.Model, seg path.Segment, t rounds) (us int64) {
	now := seg.Lo
	children := seg.Span.Children
	begin := func(before int64) {
		for ; w.next < len(children) && children[w.next].Start < before; w.next++ {
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
		now = max(now, w.last.End())
	}
	begin(seg.Hi)
	us += max(0, seg.Hi-now)
	if w.next < len(children) && children[w.next].Start == seg.Hi {
		if turn := children[w.next].Index; us <= t.pause[turn] && seg.Lo >= t.since[turn] {
			return 0
		}
	}
	return us
}

// rounds knows what may pass before the turns of loops, by Span.Index.
type rounds struct {
	pause []int64 // how long a stretch before a turn may be to be the loop's: 0 before the first, and before what is no turn
	since []int64 // when the turn before ended
}

// rounds finds the turns of all loops, and of all who try again. Pauses of a loop are alike, or grow; a longer one between two of its turns
// is something else.
func (e *Exam) rounds() rounds {
	n := len(e.Trace.Spans)
	t := rounds{make([]int64, n), make([]int64, n)}
	for _, l := range e.Loops() {
		pauses := l.Pauses()
		longest := max(2*Median(pauses), Soon)
		if Growing(pauses) {
			longest = slices.Max(pauses)
		}
		t.add(l, longest)
		t.between(l, longest, e.CallOf)
	}
	for _, l := range e.Retries() {
		t.add(l, slices.Max(l.Pauses()))
	}
	return t
}

func (t rounds) add(l *Loop, longest int64) {
	for i, u := range l.Units[1:] {
		t.pause[u.Index] = max(t.pause[u.Index], longest)
		t.since[u.Index] = l.Units[i].End()
	}
}

// between adds the chores that a driver does from turn to turn.
func (t rounds) between(l *Loop, longest int64, callOf []*call.Call) {
	first, last := l.Units[0].End(), l.Units[len(l.Units)-1].Start
	for _, s := range l.Parent.Children {
		if c := callOf[s.Index]; c != nil && c.Housekeeping && s.Start >= first && s.Start <= last {
			t.pause[s.Index], t.since[s.Index] = max(t.pause[s.Index], longest), first
		}
	}
}

// HasRecordedWork reports whether anything is recorded in a span: the microseconds of a framework's own spans are nothing.
func (e *Exam) HasRecordedWork(s *trace.Span) bool { return e.Total[s.Index]-e.Self[s.Index] >= Soon }

// Unexplained is the share of the root that is dark, in spans that have parts and in the root.
func (e *Exam) Unexplained() float64 {
	var us int64
	for _, s := range e.OnPath {
		if s == e.Root || e.HasRecordedWork(s) {
			us += e.Dark().Total[s.Index]
		}
	}
	return e.Share(us)
}
