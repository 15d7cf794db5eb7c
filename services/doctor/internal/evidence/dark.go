package evidence

import (
	"slices"

	"spanwise/doctor/call"
	"spanwise/doctor/path"
	"spanwise/doctor/trace"
)

// Darkness is the part of the critical path that no span explains.
type Darkness struct {
	Total   []trace.Micros // of each span's own time, by Span.Index
	At      []trace.Micros // of each stretch of the path
	Longest []int32        // the longest stretch of each span: its index in the path plus one, by Span.Index
	Fills   []Fill         // stretches that are not dark, because unconnected spans fill them
}

// findDark measures the darkness.
func (e *Exam) findDark() *Darkness {
	n := len(e.Trace.Spans)
	d := &Darkness{Total: make([]trace.Micros, n), At: make([]trace.Micros, len(e.Path)), Longest: make([]int32, n)}
	turns := e.rounds()
	pauses := e.pauses()
	sweeps := make([]sweep, n)
	for i, seg := range e.Path {
		s := seg.Span.Index
		w := &sweeps[s]
		if !w.begun {
			w.begun, w.explained = true, e.Idling[seg.Span] != "" || pauses.onlyWaits(seg.Span) || !e.recordsNothing(seg.Span)
		}
		if !w.explained {
			d.At[i] = w.dark(e.Model, seg, turns)
			d.Total[s] += d.At[i]
		}
	}
	e.fill(d)
	for i, seg := range e.Path {
		if j := d.Longest[seg.Span.Index]; d.At[i] > 0 && (j == 0 || d.At[i] > d.At[j-1]) {
			d.Longest[seg.Span.Index] = int32(i + 1)
		}
	}
	return d
}

// recordsNothing reports whether a span's self time says nothing about what was done in it: its children were
// recorded and this time is not in them, or it is only the entry of a request into a process. A proxy that says why a
// request failed waited for its upstream.
func (e *Exam) recordsNothing(s *trace.Span) bool {
	if s.Calling() || e.CallOf[s.Index] == nil && call.Housekeeping(s) || call.ProxyFlag(s) != nil {
		return false
	}
	return len(s.Children) > 0 || s.Parent == nil || s.Remote() || s.Kind == trace.Server || s.Kind == trace.Consumer
}

// A sweep goes over a span's stretches of the path, and over its children, in order of time.
type sweep struct {
	next             int         // index of the next child to start
	last             *trace.Span // of those that have started, the one that ends last
	begun, explained bool
}

// dark is how much of a stretch nothing explains. A running child explains its time even if the span did not wait
// for it. So does the loop that the pauses between its turns belong to: they are backoff, an interval, or the loop's
// own work.
func (w *sweep) dark(m *path.Model, seg path.Segment, t rounds) (us trace.Micros) {
	now := seg.Lo
	children := seg.Span.Children
	begin := func(before trace.Micros) {
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

// rounds records the pauses that belong to loops, by Span.Index.
type rounds struct {
	pause []trace.Micros // how long a stretch before a turn may be and still belong to the loop; 0 before the first turn, and for spans that are not turns
	since []trace.Micros // when the previous turn ended
}

// rounds finds the turns of all loops and all runs of attempts. The pauses of a loop are alike, or they grow; a
// longer pause between two turns is something else.
func (e *Exam) rounds() rounds {
	n := len(e.Trace.Spans)
	t := rounds{make([]trace.Micros, n), make([]trace.Micros, n)}
	for _, l := range e.Loops() {
		pauses := l.Pauses()
		longest := max(2*Median(pauses), Soon)
		if Growing(pauses) {
			longest = slices.Max(pauses)
		}
		t.add(l, longest)
		t.between(l, longest, e.CallOf)
	}
	for _, l := range slices.Concat(e.Retries(), e.Spins()) {
		t.add(l, slices.Max(l.Pauses()))
	}
	return t
}

func (t rounds) add(l *Loop, longest trace.Micros) {
	for i, u := range l.Units[1:] {
		t.pause[u.Index] = max(t.pause[u.Index], longest)
		t.since[u.Index] = l.Units[i].End()
	}
}

// between adds the housekeeping that a driver does between turns.
func (t rounds) between(l *Loop, longest trace.Micros, callOf []*call.Call) {
	first, last := l.Units[0].End(), l.Units[len(l.Units)-1].Start
	for _, s := range l.Parent.Children {
		if c := callOf[s.Index]; c != nil && c.Housekeeping && s.Start >= first && s.Start <= last {
			t.pause[s.Index], t.since[s.Index] = max(t.pause[s.Index], longest), first
		}
	}
}

// HasRecordedWork reports whether children of a span record work. The microseconds of a framework's own spans do not
// count.
func (e *Exam) HasRecordedWork(s *trace.Span) bool { return e.Total[s.Index]-e.Self[s.Index] >= Soon }

// Unexplained is the share of the root's duration that no span explains, counting the root and spans with recorded
// work.
func (e *Exam) Unexplained() float64 {
	var us trace.Micros
	for _, s := range e.OnPath {
		if s == e.Root || e.HasRecordedWork(s) {
			us += e.Dark().Total[s.Index]
		}
	}
	return e.Share(us)
}
