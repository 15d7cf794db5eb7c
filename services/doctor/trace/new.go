package trace

import (
	"cmp"
	"slices"
	"strings"
)

// New links spans into trees. It takes whatever a reader produced and never fails: what cannot be true
// (a cycle, a span that is its own parent, a negative duration, an id given twice) is mended and counted in Notes.
//
// The spans belong to the trace afterwards. Order of input does not matter: the result is the same.
func New(id string, spans []*Span) *Trace {
	t := &Trace{ID: strings.ToValidUTF8(id, "\uFFFD")}
	t.Spans = make([]*Span, 0, len(spans))
	for _, s := range spans {
		if s != nil {
			t.Spans = append(t.Spans, s)
		}
	}
	m := mending{t: t}
	for _, s := range t.Spans {
		m.text(s)
		m.times(s)
		s.listen()
	}
	slices.SortFunc(t.Spans, order)
	t.Spans = slices.CompactFunc(t.Spans, m.copied)
	byID := m.identities()
	m.parents(byID)
	t.link()
	ResolveCallees(t)
	m.note()
	if t.align() {
		slices.SortFunc(t.Spans, order)
		t.link()
	}
	return t
}

// order lists spans by start, the longest first, then by what they are. The id only decides between twins,
// so that other ids change nothing that anybody can see.
func order(a, b *Span) int {
	if c := cmp.Or(cmp.Compare(a.Start, b.Start), cmp.Compare(b.Duration, a.Duration)); c != 0 {
		return c // nearly always
	}
	return cmp.Or(
		strings.Compare(a.Name, b.Name),
		cmp.Compare(a.Kind, b.Kind),
		compareBool(a.Error, b.Error),
		strings.Compare(a.Service, b.Service),
		strings.Compare(a.Host, b.Host),
		strings.Compare(a.ID, b.ID),
		strings.Compare(a.ParentID, b.ParentID),
	)
}

func compareBool(a, b bool) int {
	switch {
	case a == b:
		return 0
	case b:
		return -1
	}
	return 1
}

// link fills Parent, Children, Index, Roots and Orphans. All children share one backing array:
// a million spans then cost one allocation, not a million.
func (t *Trace) link() {
	t.Roots, t.Orphans = nil, nil
	counts := make([]int32, len(t.Spans))
	for i, s := range t.Spans {
		s.Index = i
		s.Children = nil
	}
	for _, s := range t.Spans {
		switch {
		case s.Parent != nil:
			counts[s.Parent.Index]++
		case s.ParentID == "":
			t.Roots = append(t.Roots, s)
		default:
			t.Orphans = append(t.Orphans, s)
		}
	}
	backing := make([]*Span, len(t.Spans)-len(t.Roots)-len(t.Orphans))
	for i, n := range counts {
		t.Spans[i].Children, backing = backing[:0:n], backing[n:]
	}
	for _, s := range t.Spans {
		if p := s.Parent; p != nil {
			p.Children = append(p.Children, s)
		}
	}
}
