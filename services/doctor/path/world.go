package path

import (
	"slices"

	"spanwise/doctor/trace"
)

// A world is what the changes make of the spans they touch.
type world struct {
	model *Model
	fates []fate
}

// A fate is what becomes of one span.
type fate struct {
	span   *trace.Span
	length int64  // how long it lasts: as before, as a change says, or as replayed
	less   int64  // of its own time
	group  *group // of siblings that it runs with
	fixed  bool   // a change says how long it lasts
	exact  bool   // whatever becomes of its children
	gone   bool
	above  bool // it is to be replayed
}

// A group is a set of siblings that run k at a time.
type group struct {
	slots   []int64 // when each slot is free again, from the parent's start; nil if there is one for each
	first   int64   // when the first of the set starts
	started bool
}

// newWorld applies the changes. It borrows the model's fates, and their index, until it is left.
func (m *Model) newWorld(changes []Change) *world {
	touched := 0
	for _, c := range changes {
		touched += len(c.spans)
	}
	w := &world{model: m, fates: slices.Grow(m.spare[:0], touched)}
	for _, c := range changes {
		g := &group{}
		if c.sort == atMost && c.n < int64(len(c.spans)) {
			g.slots = make([]int64, c.n)
		}
		for _, s := range c.spans {
			f := w.touch(s)
			switch c.sort {
			case exactly:
				f.length, f.fixed, f.exact = c.n, true, true
			case lasting:
				f.length, f.fixed = min(c.n, f.length), true
			case shorter:
				f.less += c.n
			case without:
				f.gone = true
			case atMost:
				if f.group == nil { // the better fix came first
					f.group = g
				}
			}
		}
	}
	return w
}

// leave gives them back.
func (w *world) leave() {
	for _, f := range w.fates {
		w.model.fates[f.span.Index] = 0
	}
	w.model.spare = w.fates
}

// of is the fate of a span, nil if it stays as it was. It is valid until the next touch.
func (w *world) of(s *trace.Span) *fate {
	if i := w.model.fates[s.Index]; i > 0 {
		return &w.fates[i-1]
	}
	return nil
}

// touch is the fate of a span that may have none yet.
func (w *world) touch(s *trace.Span) *fate {
	if f := w.of(s); f != nil {
		return f
	}
	w.fates = append(w.fates, fate{span: s, length: s.Duration})
	w.model.fates[s.Index] = int32(len(w.fates))
	return &w.fates[len(w.fates)-1]
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
