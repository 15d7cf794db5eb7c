package trace

import (
	"fmt"
	"slices"
)

// A Piece is a part of a trace that was recorded under another trace id.
type Piece struct {
	TraceID string
	Top     *Span // its first span
	Linked  bool  // on purpose, with a link to its cause; otherwise the id was changed on the way
}

// A Severed span has its parent in another trace, to which the rest of its own does not belong.
type Severed struct {
	Span    *Span
	TraceID string
	Parent  *Span
}

// Unite joins traces that are pieces of one request, and returns the rest as they are. A trace belongs to another one if
//
//   - its id is the lower half of the other's, because something on the way handles 64 bits only;
//   - it has no root, and the parent that it names is in the other one;
//   - its only root names by a link a span of the other one, and fills a stretch of that span's time in which nothing else is recorded.
//     Then the span waited for it. Work that ends later, or runs alongside other calls, keeps its own trace.
//
// The same holds for a root with a link to a span of its own trace.
func Unite(traces []*Trace) []*Trace {
	u := uniting{traces: traces, joins: make([]*join, len(traces))}
	u.halves()
	u.parents()
	u.causes()
	parts := map[int][]int{} // of a trace: the traces that become part of it
	for i, j := range u.joins {
		if j != nil {
			parts[u.host(i)] = append(parts[u.host(i)], i)
		}
	}
	moved := map[int]bool{} // traces that lose a root
	for _, p := range u.inside {
		p.child.ParentID = p.span.ID
		moved[u.host(p.trace)] = true
	}
	if len(parts)+len(moved) == 0 {
		return traces
	}
	var whole []*Trace
	for i, t := range traces {
		switch {
		case u.joins[i] != nil:
		case moved[i] || parts[i] != nil:
			whole = append(whole, u.whole(t, parts[i]))
		default:
			whole = append(whole, t)
		}
	}
	return whole
}

// A uniting is the state of [Unite].
type uniting struct {
	traces []*Trace
	joins  []*join // of each trace into another one; nil if it stays
	inside []place // roots with their causes in the same trace
}

// A join says where a trace belongs.
type join struct {
	host   int
	parent *Span // of the top; nil if unknown
	top    *Span
	linked bool
}

// A place is a span and the index of its trace. Child is the span that asked for it.
type place struct {
	trace       int
	span, child *Span
}

// join makes a trace part of another one, unless that is part of it, or both use the same span ids.
func (u *uniting) join(guest int, j join) {
	for at := j.host; ; at = u.joins[at].host {
		if at == guest {
			return
		}
		if u.joins[at] == nil {
			break
		}
	}
	if u.joins[guest] == nil && (random(j.top.ID) || !shareIDs(u.traces[guest], u.traces[j.host])) {
		u.joins[guest] = &j
	}
}

func shareIDs(a, b *Trace) bool {
	ids := make(map[string]bool, len(a.Spans))
	for _, s := range a.Spans {
		ids[s.ID] = true
	}
	return slices.ContainsFunc(b.Spans, func(s *Span) bool { return ids[s.ID] })
}

// whole makes one trace of t and its parts.
func (u *uniting) whole(t *Trace, parts []int) *Trace {
	w := &Trace{Spans: slices.Clone(t.Spans), Pieces: t.Pieces, CutOff: t.CutOff, Skews: t.Skews, Notes: slices.Clone(t.Notes)}
	for _, i := range parts {
		part, j := u.traces[i], u.joins[i]
		if j.parent != nil {
			j.top.ParentID = j.parent.ID
		}
		w.Spans = append(w.Spans, part.Spans...)
		w.Pieces = append(w.Pieces, Piece{part.ID, j.top, j.linked})
		w.CutOff = w.CutOff || part.CutOff
		w.Skews = append(w.Skews, part.Skews...)
		w.Notes = append(append(w.Notes, part.Notes...), j.note(part))
	}
	n := New(t.ID, w.Spans)
	n.Pieces, n.Severed, n.CutOff, n.Skews = w.Pieces, t.Severed, w.CutOff, append(w.Skews, n.Skews...)
	n.Notes = unique(append(w.Notes, n.Notes...))
	return n
}

// host is the index of the trace that a trace is part of in the end.
func (u *uniting) host(i int) int {
	for u.joins[i] != nil {
		i = u.joins[i].host
	}
	return i
}

func (j *join) note(guest *Trace) string {
	if j.linked {
		return fmt.Sprintf("trace %s is part of this one: `%s` in %s, which it names as its cause by a link, waits for it",
			guest.ID, j.parent.Name, j.parent.Service)
	}
	return fmt.Sprintf("trace %s is part of this one: its id was changed on the way to `%s` in %s", guest.ID, j.top.Name, j.top.Service)
}

// unique drops texts that occur twice.
func unique(texts []string) (kept []string) {
	for _, text := range texts {
		if !slices.Contains(kept, text) {
			kept = append(kept, text)
		}
	}
	return kept
}
