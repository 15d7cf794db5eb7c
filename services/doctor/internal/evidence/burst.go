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

	// Inside reports that the callee had begun to serve all of them: they wait for something in the callee.
	Inside bool
}

// fewestInBurst is how many calls show that they are served in turn, and not by chance.
const fewestInBurst = 4

// An edge is where the calls of one request leave a process for one callee.
type edge struct {
	entry  *trace.Span
	callee string
}

// A gatheringBurst is calls on one edge that all began before the first of them ended.
type gatheringBurst struct {
	calls    []*call.Call
	firstEnd trace.Micros
}

// findBursts finds the bursts that wait. Spans of the callee prove more than ends: then the calls need not take equally long.
func (e *Exam) findBursts() (list []*Burst) {
	counts := e.callsByEntry()
	edges := map[edge]*gatheringBurst{}
	var last edge // of the call before, which is mostly that of the next
	var g *gatheringBurst
	for _, c := range e.Calls { // by start
		entry := e.Entry[c.Span.Index]
		if c.Housekeeping || c.Span.Kind == trace.Producer || entry == nil || counts[entry.Index] < fewestInBurst {
			continue
		}
		if k := (edge{entry, c.Callee}); g == nil || k != last {
			if last, g = k, edges[k]; g == nil {
				g = &gatheringBurst{}
				edges[k] = g
			}
		}
		if len(g.calls) > 0 && c.Span.Start >= g.firstEnd {
			list = append(list, newBurst(g.calls)...)
			g.calls = g.calls[:0]
		}
		if len(g.calls) == 0 || c.Span.End() < g.firstEnd {
			g.firstEnd = c.Span.End()
		}
		g.calls = append(g.calls, c)
	}
	for _, g := range edges {
		list = append(list, newBurst(g.calls)...)
	}
	slices.SortFunc(list, func(a, b *Burst) int { return cmp.Compare(a.Calls[0].Span.Index, b.Calls[0].Span.Index) })
	return list
}

// callsByEntry counts the calls of each process, by the index of its entry.
func (e *Exam) callsByEntry() []int32 {
	counts := make([]int32, len(e.Trace.Spans))
	for _, c := range e.Calls {
		if entry := e.Entry[c.Span.Index]; entry != nil {
			counts[entry.Index]++
		}
	}
	return counts
}

// newBurst returns the burst of calls that began together, or none if nothing shows that they waited for each other.
func newBurst(calls []*call.Call) []*Burst {
	const most = 256 // calls; looking for a limit among more takes long
	if len(calls) < fewestInBurst || len(calls) > most {
		return nil
	}
	calls = slices.Clone(calls)
	b := &Burst{Calls: calls, Begun: calls[len(calls)-1].Span.Start - calls[0].Span.Start}
	slices.SortStableFunc(calls, func(a, b *call.Call) int { return cmp.Compare(a.Span.End(), b.Span.End()) })
	atOnce, work := servedAtOnce(calls)
	if b.Inside = atOnce == len(calls); b.Inside {
		atOnce = 0 // only the ends show how many go on at once
	}
	for k := 1; k*2 < len(calls) && len(calls)-k >= 3; k++ {
		if k < atOnce || !b.served(k, k == atOnce, work) {
			continue
		}
		b.Most, b.Waits = k, make([]trace.Micros, len(calls))
		for i, c := range calls[k:] {
			b.Waits[i+k] = min(max(0, calls[i].Span.End()-c.Span.Start), c.Span.Duration)
		}
		return []*Burst{b}
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

// even reports whether most steps are within a quarter of the median: all but one in five, or two in seven. The variation would count one
// interruption for too much.
func even(steps []trace.Micros, median trace.Micros) bool {
	others := 0
	for _, us := range steps {
		if us*4 < median*3 || us*4 > median*5 {
			others++
		}
	}
	return others == 0 || len(steps) >= 5 && others*7 <= len(steps)*2
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
