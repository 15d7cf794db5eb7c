package path

import "spanwise/doctor/trace"

// A Change is one thing that could have been otherwise in a request. Changes combine: [Model.Replay] takes
// any number of them.
type Change struct {
	sort  sort
	spans []*trace.Span
	n     int64
}

type sort uint8

const (
	lasting sort = iota
	shorter
	without
	atMost
)

// Lasting makes s take d µs, if that is less than it took.
func Lasting(s *trace.Span, d int64) Change {
	return Change{lasting, []*trace.Span{s}, max(d, 0)}
}

// Shorter takes up to d µs of its own time away from s: time during which none of the children runs that it waited for.
func Shorter(s *trace.Span, d int64) Change {
	return Change{shorter, []*trace.Span{s}, max(d, 0)}
}

// Without takes spans away as if they had never been, with the pause before each.
func Without(spans ...*trace.Span) Change { return Change{without, spans, 0} }

// Together starts spans, all children of one parent, when the first of them starts.
func Together(spans ...*trace.Span) Change { return AtMost(len(spans), spans...) }

// AtMost starts spans, all children of one parent, from when the first of them starts, k at a time in their old order.
func AtMost(k int, spans ...*trace.Span) Change { return Change{atMost, spans, int64(max(k, 1))} }

// A world is what the changes make of each span.
type world struct {
	length   map[*trace.Span]int64 // how long spans last: given by a change, or replayed
	fixed    map[*trace.Span]bool  // their length was given
	less     map[*trace.Span]int64
	gone     map[*trace.Span]bool
	group    map[*trace.Span]*group
	affected []*trace.Span
	shorter  []*trace.Span // that lose time of their own
}

// A group is a set of siblings that run k at a time.
type group struct {
	slots   []int64 // when each slot is free again, from the parent's start; nil if there is one for each
	first   int64   // when the first of the set starts
	started bool
}

func newWorld(changes []Change) *world {
	w := &world{
		length: map[*trace.Span]int64{}, fixed: map[*trace.Span]bool{}, less: map[*trace.Span]int64{},
		gone: map[*trace.Span]bool{}, group: map[*trace.Span]*group{},
	}
	for _, c := range changes {
		g := &group{}
		if c.sort == atMost && c.n < int64(len(c.spans)) {
			g.slots = make([]int64, c.n)
		}
		for _, s := range c.spans {
			w.affected = append(w.affected, s)
			switch c.sort {
			case lasting:
				w.fix(s, c.n)
			case shorter:
				w.less[s] += c.n
				w.shorter = append(w.shorter, s)
			case without:
				w.gone[s] = true
			case atMost:
				if w.group[s] == nil { // the better fix came first
					w.group[s] = g
				}
			}
		}
	}
	return w
}

// fix gives s a length, if it is shorter than what it has.
func (w *world) fix(s *trace.Span, d int64) {
	w.length[s] = min(d, w.lasting(s))
	w.fixed[s] = true
}

// lasting is how long s takes in this world, once it has been replayed if anything below it changed.
func (w *world) lasting(s *trace.Span) int64 {
	if d, changed := w.length[s]; changed {
		return d
	}
	return s.Duration
}

// place finds the earliest slot for a span that lasts d and, were it the first, would start at start.
func (g *group) place(start, d int64) (end int64) {
	if !g.started {
		g.started, g.first = true, start
		for i := range g.slots {
			g.slots[i] = start
		}
	}
	if g.slots == nil {
		return g.first + d
	}
	free := 0
	for i, t := range g.slots {
		if t < g.slots[free] {
			free = i
		}
	}
	g.slots[free] += d
	return g.slots[free]
}
