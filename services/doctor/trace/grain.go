package trace

import "container/heap"

// Some tracers read a span's start from a clock that ticks in milliseconds, and measure its duration with an exact one: of 34,486
// spans of OpenTelemetry JS 0.223, none started at a fraction of a millisecond. So a span began up to a tick later than it says. It
// seems to start before its parent, its child seems to end after it, and calls in a row seem to overlap.

// tick is the resolution of such a clock.
const tick = Millisecond

// sharpen moves the spans of processes with such clocks, each by less than a tick, so that they fit together: a child into its parent,
// and calls in a row one after another. Durations never change. It reports whether it moved any span.
func (t *Trace) sharpen() (moved bool) {
	coarse := t.coarseClocks()
	if coarse == nil {
		return false
	}
	g := grain{coarse, make([]Micros, len(t.Spans))}
	order := t.parentsFirst()
	for i := len(order) - 1; i >= 0; i-- {
		g.grow(order[i])
	}
	for _, s := range order {
		if s.Parent == nil && g.coarse[s.Index] {
			moved = g.move(s, s.Start+g.least[s.Index]) || moved
		}
		moved = g.place(s) || moved
	}
	return moved
}

// A clock is what the spans of a process show about its clock.
type clock struct {
	first    Micros
	ticks    bool // a span starts at another tick than the first
	off      bool // a span starts between two ticks
	fraction bool // a duration is not whole ticks
}

// coarseClocks learns from the spans of each process whether its starts and its durations are whole ticks, and marks the spans. It
// returns those, by Index, that start at ticks though their durations have fractions; nil if there are none. Starts are compared with
// each other, because a clock that was corrected does not tick at whole milliseconds.
func (t *Trace) coarseClocks() (starts []bool) {
	clocks := map[Process]*clock{}
	of := make([]*clock, len(t.Spans))
	for i, s := range t.Spans {
		p := s.Process()
		if of[i] = clocks[p]; of[i] == nil {
			of[i] = &clock{first: s.Start}
			clocks[p] = of[i]
		}
		of[i].ticks = of[i].ticks || s.Start != of[i].first
		of[i].off = of[i].off || (s.Start-of[i].first)%tick != 0
		of[i].fraction = of[i].fraction || s.Duration%tick != 0
	}
	for i, c := range of {
		t.Spans[i].wholeStart, t.Spans[i].wholeDuration = !c.off, !c.fraction
		if c.off || !c.ticks || !c.fraction {
			continue
		}
		if starts == nil {
			starts = make([]bool, len(t.Spans))
		}
		starts[i] = true
	}
	return starts
}

// Resolution is that of the clock that timed s, in µs.
func (s *Span) Resolution() Micros {
	if s.wholeStart && s.wholeDuration {
		return tick
	}
	return 1
}

// parentsFirst lists the spans, each after its parent.
func (t *Trace) parentsFirst() []*Span {
	list := make([]*Span, 0, len(t.Spans))
	list = append(append(list, t.Roots...), t.Orphans...)
	for i := 0; i < len(list); i++ {
		list = append(list, list[i].Children...)
	}
	return list
}

// A grain fits spans together. Its slices are indexed by Span.Index.
type grain struct {
	coarse []bool
	least  []Micros // by how much a span must move at least to hold its children
}

// grow computes by how much s must move to end after its children, which themselves move as little as possible. A child that would
// still end later does so for another reason, and one that seems to start later need not be held.
func (g grain) grow(s *Span) {
	if !g.coarse[s.Index] {
		return
	}
	end := s.End()
	g.lay(s, s.Start, func(c *Span, start Micros) {
		if c.Start >= end {
			return
		}
		over := start + c.Duration - end
		if over >= tick { // where it is, it may fit: it need not start after those siblings
			over = c.Start + g.least[c.Index] + c.Duration - end
		}
		if over < tick {
			g.least[s.Index] = max(g.least[s.Index], over)
		}
	})
}

// place moves the children of s, which has its place, into s and behind each other.
func (g grain) place(s *Span) (moved bool) {
	g.lay(s, s.Start, func(c *Span, start Micros) {
		if !g.coarse[c.Index] {
			return
		}
		switch fits := s.End() - c.Duration; {
		case fits < c.Start: // it ends after s in any case
			start = c.Start + g.least[c.Index]
		case start > fits:
			start = fits
		}
		moved = g.move(c, start) || moved
	})
	return moved
}

// lay calls visit with each child of s and the start that suits it best: not before from, and after the siblings that may have ended
// before it.
func (g grain) lay(s *Span, from Micros, visit func(c *Span, start Micros)) {
	var running ends
	var last Micros // the latest end of a sibling that the next one may have followed
	for _, c := range s.Children {
		start, latest := c.Start, c.Start
		if g.coarse[c.Index] {
			latest += tick - 1
			start += g.least[c.Index]
		}
		for len(running) > 0 && running[0] <= latest {
			last = max(last, heap.Pop(&running).(Micros))
		}
		start = max(start, min(max(from, last), latest))
		visit(c, start)
		heap.Push(&running, start+c.Duration)
	}
}

// move moves s and its events to a start.
func (g grain) move(s *Span, start Micros) bool {
	by := start - s.Start
	s.shift(by)
	return by != 0
}

// shift moves s and its events.
func (s *Span) shift(by Micros) {
	s.Start += by
	for i := range s.Events {
		s.Events[i].Time += by
	}
}

// ends is a heap with the earliest end first.
type ends []Micros

func (e ends) Len() int           { return len(e) }
func (e ends) Less(i, j int) bool { return e[i] < e[j] }
func (e ends) Swap(i, j int)      { e[i], e[j] = e[j], e[i] }
func (e *ends) Push(x any)        { *e = append(*e, x.(Micros)) }
func (e *ends) Pop() any {
	last := len(*e) - 1
	x := (*e)[last]
	*e = (*e)[:last]
	return x
}
