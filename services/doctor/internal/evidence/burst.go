package evidence

import (
	"cmp"
	"slices"

	"spanwise/doctor/call"
	"spanwise/doctor/trace"
)

// A Burst is calls of one request to one callee that all began before the first of them ended, but ended one after another, or a few
// at a time: all but the first few waited for their turn.
type Burst struct {
	Calls []*call.Call   // by end
	Waits []trace.Micros // of each call
	Most  int            // the number of calls that were served at once
	Step  trace.Micros   // how long each took once it was served
	Begun trace.Micros   // from the first start to the last
}

// findBursts finds the bursts that wait. Spans of the callee prove more than ends: then the calls need not take equally long.
func (e *Exam) findBursts() (list []*Burst) {
	type edge struct {
		entry  *trace.Span
		callee string
	}
	type open struct {
		calls    []*call.Call
		firstEnd trace.Micros
	}
	edges := map[edge]*open{}
	var last edge // of the call before, which is mostly that of the next
	var o *open
	finish := func(o *open) {
		if b := newBurst(o.calls); b != nil {
			list = append(list, b)
		}
	}
	for _, c := range e.Calls { // by start
		if c.Housekeeping || c.Span.Kind == trace.Producer || e.Entry[c.Span.Index] == nil {
			continue
		}
		if k := (edge{e.Entry[c.Span.Index], c.Callee}); o == nil || k != last {
			if last, o = k, edges[k]; o == nil {
				o = &open{}
				edges[k] = o
			}
		}
		if len(o.calls) > 0 && c.Span.Start >= o.firstEnd {
			finish(o)
			o.calls = o.calls[:0]
		}
		if len(o.calls) == 0 || c.Span.End() < o.firstEnd {
			o.firstEnd = c.Span.End()
		}
		o.calls = append(o.calls, c)
	}
	for _, o := range edges {
		finish(o)
	}
	slices.SortFunc(list, func(a, b *Burst) int { return cmp.Compare(a.Calls[0].Span.Index, b.Calls[0].Span.Index) })
	return list
}

// newBurst returns the burst of calls that began together, or nil if nothing shows that they waited for each other.
func newBurst(calls []*call.Call) *Burst {
	const least, most = 4, 256 // calls; looking for a limit among more takes long
	if len(calls) < least || len(calls) > most {
		return nil
	}
	calls = slices.Clone(calls)
	b := &Burst{Calls: calls, Begun: calls[len(calls)-1].Span.Start - calls[0].Span.Start}
	slices.SortStableFunc(calls, func(a, b *call.Call) int { return cmp.Compare(a.Span.End(), b.Span.End()) })
	atOnce, work := servedAtOnce(calls)
	for k := 1; k*2 < len(calls) && len(calls)-k >= 3; k++ {
		if k < atOnce || !b.served(k, k == atOnce, work) {
			continue
		}
		b.Most, b.Waits = k, make([]trace.Micros, len(calls))
		for i, c := range calls[k:] {
			b.Waits[i+k] = min(max(0, calls[i].Span.End()-c.Span.Start), c.Span.Duration)
		}
		return b
	}
	return nil
}

// served reports whether the calls were served k at a time: the first k took about equally long, and each other one ended about as long
// after the one whose place it took. If the callee's spans show it and fill a good part of that time, the calls only need to end in turn.
func (b *Burst) served(k int, shown bool, work trace.Micros) bool {
	steps := make([]trace.Micros, 0, len(b.Calls))
	for i, c := range b.Calls[k:] {
		steps = append(steps, c.Span.End()-b.Calls[i].Span.End())
	}
	b.Step = Median(steps)
	first := each(b.Calls[:k], func(c *call.Call) trace.Micros { return c.Span.Duration })
	typical := Median(first)
	switch {
	case b.Step*2 > typical*3:
		return false
	case shown && work*3 >= b.Step:
		return true
	}
	return b.Step*3 >= typical*2 && len(steps) >= 4 && even(steps, b.Step) && slices.Max(first)*2 <= slices.Min(first)*3
}

// even reports whether at least four in five steps are within a quarter of the median. The variation would count one interruption for too
// much.
func even(steps []trace.Micros, median trace.Micros) bool {
	near := 0
	for _, us := range steps {
		if us*4 >= median*3 && us*4 <= median*5 {
			near++
		}
	}
	return near*5 >= len(steps)*4
}

// servedAtOnce is the largest number of calls that the callee worked on at once, and for how long it typically did; 0 if not every call
// has a span of the callee.
func servedAtOnce(calls []*call.Call) (most int, work trace.Micros) {
	servers := make([]*trace.Span, 0, len(calls))
	for _, c := range calls {
		if c.Server == nil || c.Server == c.Span {
			return 0, 0
		}
		servers = append(servers, c.Server)
	}
	slices.SortFunc(servers, func(a, b *trace.Span) int { return cmp.Compare(a.Start, b.Start) })
	return mostAtOnce(servers), Median(Durations(servers))
}

// WaitOf is how long the calls of a loop waited for connections or for their turn, if they were started at once; 0 if they were not. It
// uses this trace alone.
func (e *Exam) WaitOf(l *Loop) (wait trace.Micros) {
	if bursts := e.Bursts(); len(bursts) > 0 {
		in := make(map[*call.Call]bool, len(l.Calls))
		for _, c := range l.Calls {
			in[c] = true
		}
		for _, b := range bursts {
			for i, c := range b.Calls {
				if in[c] {
					wait += b.Waits[i]
				}
			}
		}
	}
	var waits []*trace.Span
	for _, s := range l.Parent.Children {
		if s.Duration >= Soon && e.servesCalls(s, l) && (call.Acquiring(s) || call.Connecting(s)) {
			waits = append(waits, s)
		}
	}
	for _, c := range l.Calls {
		for _, s := range c.Span.Children {
			if s.Duration >= Soon && call.Acquiring(s) {
				waits = append(waits, s)
			}
		}
	}
	slices.SortStableFunc(waits, func(a, b *trace.Span) int { return cmp.Compare(a.Start, b.Start) })
	if InParallel(waits) {
		wait += Sum(Durations(waits))
	}
	return wait
}
