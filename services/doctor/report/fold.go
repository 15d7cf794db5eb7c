package report

import (
	"cmp"
	"slices"

	"spanwise/doctor/trace"
)

// foldAt is how many siblings of one operation become one row.
const foldAt = 3

// tree folds the spans below tops into rows, without recursion: a trace may be a chain of 100,000.
func (w *waterfall) tree(tops []*trace.Span) []*row {
	slices.SortStableFunc(tops, func(a, b *trace.Span) int { return cmp.Compare(a.Start, b.Start) })
	rows := fold(nil, tops)
	n := len(rows)
	for i := 0; i < len(rows); i++ {
		r := rows[i]
		var below []*trace.Span
		for _, s := range r.spans {
			below = append(below, s.Children...)
			r.longest = max(r.longest, s.Duration)
			for _, p := range w.own[s.Index] {
				r.path += p.Duration()
			}
		}
		r.children = fold(r, below)
		rows = append(rows, r.children...)
	}
	for _, r := range slices.Backward(rows) {
		r.below += len(r.spans)
		if p := r.parent; p != nil {
			p.path += r.path
			p.below += r.below
		}
	}
	return rows[:n:n]
}

// fold makes rows of siblings, in the order in which their operations first appear.
func fold(parent *row, siblings []*trace.Span) []*row {
	type operation struct {
		service, name, called string
		kind                  trace.Kind
		orphan                bool
	}
	of := func(s *trace.Span) operation {
		return operation{s.Service, s.Name, called(s), s.Kind, s.Parent == nil && s.ParentID != ""}
	}
	together := map[operation]int{}
	for _, s := range siblings {
		together[of(s)]++
	}
	folded := map[operation]*row{}
	var rows []*row
	for _, s := range siblings {
		op := of(s)
		if r := folded[op]; r != nil {
			r.spans = append(r.spans, s)
			continue
		}
		r := &row{spans: []*trace.Span{s}, parent: parent, orphan: op.orphan}
		if parent != nil {
			r.depth = parent.depth + 1
		}
		if together[op] >= foldAt || parent != nil && len(parent.spans) > 1 {
			folded[op] = r
		}
		rows = append(rows, r)
	}
	return rows
}
