package doctor

import "spanwise/doctor/call"

// An ordering counts the traces in which two calls ran in this order, or otherwise: the other way round, or overlapping.
type ordering struct {
	same, otherwise int
	last            *exam // counted last
}

// learnOrder notes in which order the different calls of one parent ran.
func (h *history) learnOrder(e *exam) {
	const most = 12 // different calls of one parent
	for _, stages := range e.stages(false) {
		firsts := firstOfEach(stages, most)
		parent := operation{stages[0].span.Parent.Service, stages[0].span.Parent.Name}
		for i, a := range firsts {
			for _, b := range firsts[i+1:] {
				overlap := a.span.End() > b.span.Start+b.span.Duration/10
				h.count(e, sequence{parent, a.kind(), b.kind()}, !overlap)
				h.count(e, sequence{parent, b.kind(), a.kind()}, false)
			}
		}
	}
}

// kind is what makes two stages of different traces the same: names alone may say as little as GET, so who answers counts, and what it
// calls that.
func (s stage) kind() call.Question {
	c := s.calls[0]
	k := call.Question{Template: s.name(), Callee: c.Callee}
	if c.Server != nil {
		k.Shard = c.Server.Name
	}
	return k
}

// firstOfEach keeps the first stage of each kind, by start.
func firstOfEach(stages []stage, most int) (list []stage) {
	seen := map[call.Question]bool{}
	for _, s := range stages {
		if !seen[s.kind()] && len(list) < most {
			seen[s.kind()] = true
			list = append(list, s)
		}
	}
	return list
}

func (h *history) count(e *exam, s sequence, same bool) {
	o := h.orders[s]
	if o == nil {
		o = &ordering{}
		h.orders[s] = o
	}
	if o.last == e {
		return
	}
	o.last = e
	if same {
		o.same++
	} else {
		o.otherwise++
	}
}

// order says how the neighbours of a chain ran in other traces: otherwise is that of the pair with the least.
func (h *history) order(chain []stage) (o ordering) {
	parent := operation{chain[0].span.Parent.Service, chain[0].span.Parent.Name}
	for i := 1; i < len(chain); i++ {
		pair := h.orders[sequence{parent, chain[i-1].kind(), chain[i].kind()}]
		if pair == nil {
			return ordering{}
		}
		if i == 1 || pair.otherwise < o.otherwise {
			o.otherwise = pair.otherwise
		}
		if i == 1 || pair.same < o.same {
			o.same = pair.same
		}
	}
	o.same = max(0, o.same-1) // this trace itself
	return o
}
