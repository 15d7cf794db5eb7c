package evidence

import (
	"cmp"
	"slices"

	"spanwise/doctor/trace"
)

// A Lag is the time between the end of a span that sent a message, or asked for work in another way, and the start of the work.
type Lag struct {
	Cause, Work Occurrence // at least one of them is in the trace
	Queue       string     // the destination of the message; "" if no span names it
	Wait        trace.Micros
}

// Whole is the time from the request that caused the work to the end of the work.
func (l Lag) Whole() trace.Micros {
	top := l.Cause.Span
	for top.Parent != nil {
		top = top.Parent
	}
	return l.Work.Span.End() - top.Start
}

// leastLag is the least lag that is worth a mention.
const leastLag = 100 * trace.Millisecond

// Lags lists the lags of the work that the trace caused, and of its own work, the longest first. A message that is delivered again after
// a failure did not wait all the time, so only the first delivery counts.
func (e *Exam) Lags() []Lag {
	var list []Lag
	for _, s := range e.Trace.Spans {
		for _, work := range e.causedBy(s) {
			if l := newLag(Occurrence{e, s}, work); l.Wait >= leastLag {
				list = append(list, l)
			}
		}
		for _, link := range s.Links {
			if cause, known := e.History.causes[link]; known && cause.Exam != e && e.History.delivers(link, s) {
				if l := newLag(cause, Occurrence{e, s}); l.Wait >= leastLag {
					list = append(list, l)
				}
			}
		}
	}
	slices.SortStableFunc(list, func(a, b Lag) int { return cmp.Compare(b.Wait, a.Wait) })
	return list
}

func newLag(cause, work Occurrence) Lag {
	queue := cmp.Or(cause.Span.Get(trace.Destination), work.Span.Get(trace.Destination))
	return Lag{cause, work, queue, work.Span.Start - cause.Span.End()}
}

// causedBy lists the first work of each sort that s caused by a message or a link.
func (e *Exam) causedBy(s *trace.Span) (list []Occurrence) {
	for _, c := range s.Children {
		if c.Kind == trace.Consumer || s.Kind == trace.Producer && c.Remote() {
			list = append(list, Occurrence{e, c})
		}
	}
	if l, followed := e.Follows[s]; followed {
		list = append(list, e.History.deliveries[l]...)
	}
	return firsts(list)
}

// firsts leaves only the earliest work of each sort.
func firsts(list []Occurrence) []Occurrence {
	if len(list) < 2 {
		return list
	}
	var kept []Occurrence
	at := map[operation]int{}
	for _, w := range list {
		sort := operation{w.Span.Service, w.Span.Name}
		i, known := at[sort]
		switch {
		case !known:
			at[sort] = len(kept)
			kept = append(kept, w)
		case w.Span.Start < kept[i].Span.Start:
			kept[i] = w
		}
	}
	return kept
}

// delivers reports whether work is the first of its sort for what it links to.
func (h *History) delivers(l trace.Link, work *trace.Span) bool {
	return slices.ContainsFunc(h.deliveries[l], func(o Occurrence) bool { return o.Span == work })
}

// learnFollowers records the work that names its cause by a link: the roots of traces, and consumers.
func (h *History) learnFollowers(e *Exam) {
	for _, s := range e.Trace.Spans {
		if s.ParentID != "" && s.Kind != trace.Consumer {
			continue
		}
		for _, l := range s.Links {
			h.Followers[l] = append(h.Followers[l], Occurrence{e, s})
		}
	}
}

// learnCauses finds the spans that followers name, and the first of the followers of each.
func (h *History) learnCauses() {
	if len(h.Followers) == 0 {
		return
	}
	for l, list := range h.Followers {
		h.deliveries[l] = firsts(list)
	}
	linked := map[string]bool{} // traces
	for l := range h.Followers {
		linked[l.TraceID] = true
	}
	for _, e := range h.Exams {
		if linked[e.Trace.ID] {
			e.learnFollows()
		}
	}
}

// learnFollows finds the spans of the trace that followers name.
func (e *Exam) learnFollows() {
	e.Follows = map[*trace.Span]trace.Link{}
	for _, s := range e.Trace.Spans {
		if l := (trace.Link{TraceID: e.Trace.ID, SpanID: s.ID}); e.History.Followers[l] != nil {
			e.Follows[s] = l
			e.History.causes[l] = Occurrence{e, s}
		}
	}
}
