package path

import (
	"slices"

	"spanwise/doctor/trace"
)

// A Change is one thing that could have been different in a request. Changes combine: [Model.Replay] takes any number of them.
type Change struct {
	kind  changeKind
	spans []*trace.Span
	n     trace.Micros // µs, or for limited the number of spans that may run at once
}

type changeKind uint8

const (
	capped changeKind = iota
	exact
	lessSelfTime
	removed
	limited
	following
)

// Capped makes s take d µs if it took longer.
func Capped(s *trace.Span, d trace.Micros) Change { return Change{capped, []*trace.Span{s}, max(d, 0)} }

// Exactly makes s take d µs, whether it took more or less.
func Exactly(s *trace.Span, d trace.Micros) Change { return Change{exact, []*trace.Span{s}, max(d, 0)} }

// LessSelfTime removes up to d µs of self time from s: time in which no child that s waited for was running.
func LessSelfTime(s *trace.Span, d trace.Micros) Change {
	return Change{lessSelfTime, []*trace.Span{s}, max(d, 0)}
}

// Removed removes spans as if they had never run, together with the pause before each.
func Removed(spans ...*trace.Span) Change { return Change{removed, spans, 0} }

// Together starts spans, all children of one parent, when the first of them starts.
func Together(spans ...*trace.Span) Change { return AtMost(len(spans), spans...) }

// AtMost runs spans, all children of one parent, k at a time: from the start of the first, in their old order.
func AtMost(k int, spans ...*trace.Span) Change {
	return Change{limited, spans, trace.Micros(max(k, 1))}
}

// After starts s when its sibling before ends, with the pause that was between the two, whatever else ran meanwhile. It has no effect
// if s began before the sibling.
func After(before, s *trace.Span) Change { return Change{following, []*trace.Span{before, s}, 0} }

// A whatIf holds the effects of changes on the spans of a trace.
type whatIf struct {
	model   *Model
	effects []effect
}

// An effect is what the changes make of one span.
type effect struct {
	span     *trace.Span
	length   trace.Micros // its duration: as before, as a change sets it, or as replayed
	lessSelf trace.Micros // how much of its self time is removed
	slots    *slots
	follows  *trace.Span  // the only sibling whose end it waits for; nil if the schedule decides
	end      trace.Micros // the new end from its parent's start, once placed
	capped   bool         // its children may shorten it further, but not lengthen it
	exact    bool         // its children do not change its duration
	removed  bool
	placed   bool // its end is known
	replayed bool // its duration follows from its children
}

// A slots runs siblings a limited number at a time.
type slots struct {
	free    []trace.Micros // when each slot becomes free, from the parent's start; nil if there is one for each sibling
	first   trace.Micros   // when the first sibling starts
	started bool
}

// whatIf applies the changes. It borrows the model's buffers until release.
func (m *Model) whatIf(changes []Change) *whatIf {
	const ancestors = 64
	touched := ancestors
	for _, c := range changes {
		touched += len(c.spans)
	}
	w := &whatIf{m, slices.Grow(m.spare[:0], touched)} // growing them step by step makes 100,000 different calls 5 % slower
	for _, c := range changes {
		var run *slots
		if c.kind == limited {
			run = newSlots(int(c.n), len(c.spans))
		}
		for _, s := range c.spans {
			e := w.ensure(s)
			switch c.kind {
			case exact:
				e.length, e.capped, e.exact = c.n, true, true
			case capped:
				e.length, e.capped = min(c.n, e.length), true
			case lessSelfTime:
				e.lessSelf += c.n
			case removed:
				e.removed = true
			case limited:
				if e.slots == nil { // the better fix came first
					e.slots = run
				}
			case following:
				if s != c.spans[0] {
					e.follows = c.spans[0]
				}
			}
		}
	}
	return w
}

// newSlots makes k slots for n siblings.
func newSlots(k, n int) *slots {
	if k >= n {
		return &slots{}
	}
	return &slots{free: make([]trace.Micros, k)}
}

// release returns the buffers to the model.
func (w *whatIf) release() {
	for _, e := range w.effects {
		w.model.effectOf[e.span.Index] = 0
	}
	w.model.spare = w.effects
}

// of returns the effect on s, or nil if there is none. The pointer is valid until the next ensure.
func (w *whatIf) of(s *trace.Span) *effect {
	if i := w.model.effectOf[s.Index]; i > 0 {
		return &w.effects[i-1]
	}
	return nil
}

// ensure returns the effect on s, which it adds if there is none.
func (w *whatIf) ensure(s *trace.Span) *effect {
	if e := w.of(s); e != nil {
		return e
	}
	w.effects = append(w.effects, effect{span: s, length: s.Duration})
	w.model.effectOf[s.Index] = int32(len(w.effects))
	return &w.effects[len(w.effects)-1]
}

// run gives the earliest slot to a span that takes d, and would start at start if it were the first.
func (r *slots) run(start, d trace.Micros) (end trace.Micros) {
	if !r.started {
		r.started, r.first = true, start
		for i := range r.free {
			r.free[i] = start
		}
	}
	if r.free == nil {
		return r.first + d
	}
	earliest := 0
	for i, t := range r.free {
		if t < r.free[earliest] {
			earliest = i
		}
	}
	r.free[earliest] += d
	return r.free[earliest]
}
