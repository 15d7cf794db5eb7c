package doctor

import (
	"cmp"
	"slices"
	"sort"

	"spanwise/doctor/trace"
)

// A resource is what the calls of one service to one store share: a pool of connections, or one connection.
type resource struct{ caller, callee, where string }

// A load is the use of a resource by all traces together.
type load struct {
	runs   []run   // by start
	ends   []int64 // of the runs, in order
	most   int     // runs at once, at most
	atMost float64 // part of the busy time that so many ran
}

func (c *call) resource() resource { return resource{c.caller, c.callee, c.where} }

func (h *history) learnLoad(e *exam) {
	for _, c := range e.calls {
		if !c.store || c.chore {
			continue
		}
		l := h.loads[c.resource()]
		if l == nil {
			l = &load{}
			h.loads[c.resource()] = l
		}
		l.runs = append(l.runs, run{exam: e, span: c.span})
	}
}

// measure sweeps over the runs' starts and ends, and adds up how long how many ran.
func (l *load) measure() {
	inOrder(l.runs)
	for _, r := range l.runs {
		l.ends = append(l.ends, r.span.End())
	}
	slices.Sort(l.ends)
	busy := map[int]int64{}
	total := int64(0)
	running, ended, now := 0, 0, l.runs[0].span.Start
	pass := func(to int64) {
		if running > 0 {
			busy[running] += to - now
			total += to - now
		}
		now = to
	}
	for _, r := range l.runs {
		for ; ended < len(l.ends) && l.ends[ended] <= r.span.Start; ended++ {
			pass(l.ends[ended])
			running--
		}
		pass(r.span.Start)
		running++
		l.most = max(l.most, running)
	}
	for ; ended < len(l.ends); ended++ {
		pass(l.ends[ended])
		running--
	}
	if total > 0 {
		l.atMost = float64(busy[l.most]) / float64(total)
	}
}

// waited is how long a call waited for the resource: it was ready, the resource was in use by others to the limit, and it
// began just when one of them ended. Zero if it was not so.
func (l *load) waited(e *exam, s *trace.Span) int64 {
	const prompt = 1000 // µs
	ready := readyAt(s)
	if s.Start-ready < prompt {
		return 0
	}
	i := sort.Search(len(l.ends), func(i int) bool { return l.ends[i] > s.Start })
	if i == 0 || s.Start-l.ends[i-1] > prompt || l.ends[i-1] <= ready {
		return 0
	}
	inUse := 0
	for _, r := range during(l.runs, ready, s.Start) {
		if r.exam != e {
			inUse++
		}
	}
	if inUse < l.most {
		return 0
	}
	return s.Start - ready
}

// readyAt is when a span could have begun: at its parent's start or when the last sibling before it ended.
func readyAt(s *trace.Span) int64 {
	if s.Parent == nil {
		return s.Start
	}
	ready := s.Parent.Start
	siblings := s.Parent.Children
	i, _ := slices.BinarySearchFunc(siblings, s, func(a, b *trace.Span) int { return cmp.Compare(a.Index, b.Index) })
	for _, c := range siblings[max(0, i-64):i] { // by start; looking further back finds nothing that ends later, as a rule
		if c.End() <= s.Start {
			ready = max(ready, c.End())
		}
	}
	return min(ready, s.Start)
}
