package report

import (
	"cmp"
	"container/heap"
	"slices"
)

// many is how many rows are shown without asking whether they matter.
const many = 30

// choose marks the rows to show: always the one, of those whose parent is shown, that weighs most. When there are many
// already, what is too short to see is left out.
func (w *waterfall) choose(tops []*row, most int) {
	next := &heaviest{}
	for _, r := range tops {
		heap.Push(next, r)
	}
	for shown := 0; shown < most && next.Len() > 0; {
		r := heap.Pop(next).(*row)
		if total := w.to - w.from; shown >= many && r.path < total/500 && r.longest < total/100 {
			continue
		}
		r.shown = true
		shown++
		for _, c := range r.children {
			heap.Push(next, c)
		}
	}
}

// list puts the shown rows in order, each before its children, and after them a row for what is left out.
func (w *waterfall) list(tops []*row) {
	todo := stack(nil, nil, tops)
	for len(todo) > 0 {
		r := todo[len(todo)-1]
		todo = todo[:len(todo)-1]
		w.rows = append(w.rows, r)
		todo = stack(todo, r, r.children)
	}
}

// stack puts rows on top of todo, the first on top. Those not shown become one row without spans, at the end.
func stack(todo []*row, parent *row, rows []*row) []*row {
	var shown, hidden []*row
	for _, r := range rows {
		if r.shown {
			shown = append(shown, r)
		} else {
			hidden = append(hidden, r)
		}
	}
	switch {
	case len(hidden) == 1 && len(hidden[0].children) == 0:
		shown = slices.Clone(rows) // saying that it is left out would take as much room
	case len(hidden) > 0:
		shown = append(shown, rest(parent, hidden))
	}
	if len(shown) > 0 {
		shown[len(shown)-1].last = true
	}
	slices.Reverse(shown)
	return append(todo, shown...)
}

// rest is the row that stands for others.
func rest(parent *row, hidden []*row) *row {
	r := &row{parent: parent}
	if parent != nil {
		r.depth = parent.depth + 1
	}
	for _, h := range hidden {
		r.below += h.below
	}
	return r
}

// heaviest is a heap of rows, the one with most of the critical path on top.
type heaviest []*row

func (h heaviest) Len() int      { return len(h) }
func (h heaviest) Swap(i, j int) { h[i], h[j] = h[j], h[i] }
func (h *heaviest) Push(r any)   { *h = append(*h, r.(*row)) }
func (h heaviest) Less(i, j int) bool {
	a, b := h[i], h[j]
	return cmp.Or(cmp.Compare(b.path, a.path), cmp.Compare(b.longest, a.longest), cmp.Compare(a.spans[0].Index, b.spans[0].Index)) < 0
}
func (h *heaviest) Pop() any {
	last := (*h)[len(*h)-1]
	*h = (*h)[:len(*h)-1]
	return last
}
