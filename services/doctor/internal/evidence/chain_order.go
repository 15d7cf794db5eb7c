package evidence

import (
	"spanwise/doctor/call"
	"spanwise/doctor/trace"
)

// An Ordering counts the traces in which two calls ran in this order, and those in which they did not: they ran the
// other way round, or overlapped.
type Ordering struct {
	Same, Otherwise int
	last            *Exam // the trace that was counted last
}

// learnOrder records in which order the different calls of one parent ran.
func (h *History) learnOrder(e *Exam) {
	const most = 12 // different calls of one parent
	for _, stages := range e.Stages(false) {
		firsts := firstOfEach(stages, most)
		parent := operation{stages[0].Span.Parent.Service, stages[0].Span.Parent.Name}
		for i, a := range firsts {
			for _, b := range firsts[i+1:] {
				overlap := a.Span.End() > b.Span.Start+b.Span.Duration/10
				h.count(e, sequence{parent, a.kind(), b.kind()}, !overlap)
				h.count(e, sequence{parent, b.kind(), a.kind()}, false)
			}
		}
	}
}

// kind identifies a stage across traces. A name alone may be as vague as GET, so the callee counts, and the name
// that it gives the call.
func (s Stage) kind() call.Question {
	c := s.Calls[0]
	k := call.Question{Template: s.Name(), Callee: c.Callee}
	if c.Server != nil {
		k.Shard = c.Server.Name
	}
	return k
}

// firstOfEach keeps the first stage of each kind, by start.
func firstOfEach(stages []Stage, most int) (list []Stage) {
	seen := map[call.Question]bool{}
	for _, s := range stages {
		if len(list) < most && !seen[s.kind()] {
			seen[s.kind()] = true
			list = append(list, s)
		}
	}
	return list
}

func (h *History) count(e *Exam, s sequence, same bool) {
	o := h.orders[s]
	if o == nil {
		o = &Ordering{}
		h.orders[s] = o
	}
	if o.last == e {
		return
	}
	o.last = e
	if same {
		o.Same++
	} else {
		o.Otherwise++
	}
}

// Order returns how the neighbors in a chain ran in other traces: for each count, that of the pair with the least.
func (h *History) Order(chain []Stage) (o Ordering) {
	parent := operation{chain[0].Span.Parent.Service, chain[0].Span.Parent.Name}
	for i := 1; i < len(chain); i++ {
		pair := h.orders[sequence{parent, chain[i-1].kind(), chain[i].kind()}]
		if pair == nil {
			return Ordering{}
		}
		if i == 1 || pair.Otherwise < o.Otherwise {
			o.Otherwise = pair.Otherwise
		}
		if i == 1 || pair.Same < o.Same {
			o.Same = pair.Same
		}
	}
	o.Same = max(0, o.Same-1) // without this trace
	return o
}

// findOrigins returns when each identifier was first used: 0 for those in the root's own attributes, except for the status of its
// response, which may equal an identifier by chance; otherwise the start of the first call that has it, in µs since the root's start, plus one.
func (e *Exam) findOrigins() map[string]trace.Micros {
	firstUse := map[string]trace.Micros{}
	status := e.Root.Get(trace.HTTPStatus)
	for _, a := range e.Root.Attrs {
		if a.Value == status {
			continue
		}
		for _, id := range call.Identifiers(a.Value) {
			firstUse[id] = 0
		}
	}
	for _, c := range e.Calls { // by start
		for _, id := range c.Identifiers() {
			if _, known := firstUse[id]; !known {
				firstUse[id] = c.Span.Start - e.Root.Start + 1
				if tick := c.Span.Resolution(); tick > e.Root.Resolution() {
					firstUse[id] += tick // by which the process's clock may have rounded it down
				}
			}
		}
	}
	return firstUse
}

// learns reports whether a stage uses an identifier that no call used before the first stage had ended, so that it
// may come from an answer. Other calls that used it since then, in parallel with the stage, prove nothing.
func (e *Exam) learns(first, s Stage) bool {
	for _, c := range s.Calls {
		for _, id := range c.Identifiers() {
			if e.origins()[id] > first.Span.End()-e.Root.Start {
				return true
			}
		}
	}
	return false
}
