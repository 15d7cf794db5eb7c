package trace

import (
	"cmp"
	"slices"
	"strconv"
	"strings"
)

// New links spans into trees. It accepts any spans and never fails: it repairs whatever cannot be true (a cycle, a span that is its own
// parent, a negative duration, an id used twice) and reports the repairs in Notes.
//
// The trace takes ownership of the spans. Their order does not affect the result.
func New(id string, spans []*Span) *Trace {
	t := &Trace{ID: strings.ToValidUTF8(id, "\uFFFD")}
	t.Spans = slices.DeleteFunc(slices.Clone(spans), func(s *Span) bool { return s == nil })
	r := repair{t: t}
	for _, s := range t.Spans {
		r.text(s)
		r.limits(s)
		s.index()
	}
	// Of copies with different weights the lightest comes first, and stays. Such copies come from two sets of tail samplers: the set that saw
	// less of the trace may have kept it only as one of many, the other one for its error.
	slices.SortFunc(t.Spans, func(a, b *Span) int { return cmp.Or(order(a, b), cmp.Compare(a.Weight, b.Weight)) })
	t.Spans = slices.CompactFunc(t.Spans, r.duplicate)
	r.parents(r.byID())
	t.link()
	ResolveCallees(t)
	r.note()
	aligned, sharpened := t.align(), t.sharpen()
	if aligned || sharpened {
		slices.SortFunc(t.Spans, order)
		t.link()
	}
	if t.waiters() {
		ResolveCallees(t)
	}
	return t
}

// order sorts spans by start, the longest first, then by their content. The ids come last, so that traces that differ only in their ids
// look the same.
func order(a, b *Span) int {
	if c := cmp.Or(cmp.Compare(a.Start, b.Start), cmp.Compare(b.Duration, a.Duration)); c != 0 {
		return c // nearly always
	}
	return cmp.Or(
		strings.Compare(a.Name, b.Name),
		cmp.Compare(a.Kind, b.Kind),
		strings.Compare(strconv.FormatBool(a.Error), strconv.FormatBool(b.Error)),
		strings.Compare(a.Service, b.Service),
		strings.Compare(a.Host, b.Host),
		strings.Compare(a.ID, b.ID),
		strings.Compare(a.ParentID, b.ParentID),
	)
}

// link sets Index, Children, Roots and Orphans. All Children share one backing array, which saves an allocation for each span.
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
