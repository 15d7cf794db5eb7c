package report

import (
	"cmp"
	"container/heap"
	"regexp"
	"slices"
	"strings"

	"spanwise/doctor/trace"
)

// foldAt is how many siblings of one operation become one row.
const foldAt = 3

// foldTree folds tops and the spans below them into rows, without recursion: a trace may be a chain of 100,000.
func (w *waterfall) foldTree(tops []*trace.Span) []*row {
	slices.SortStableFunc(tops, func(a, b *trace.Span) int { return cmp.Compare(a.Start, b.Start) })
	rows := foldSiblings(nil, tops)
	n := len(rows)
	for i := 0; i < len(rows); i++ {
		r := rows[i]
		var below []*trace.Span
		for _, s := range r.spans {
			below = append(below, s.Children...)
			r.longest = max(r.longest, s.Duration)
			for seg := range w.critical.of(s) {
				r.path += seg.Duration()
			}
		}
		r.children = foldSiblings(r, below)
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

// foldSiblings makes rows of siblings, in the order in which their operations first appear.
func foldSiblings(parent *row, siblings []*trace.Span) []*row {
	type operation struct {
		service, name, callee string
		kind                  trace.Kind
		orphan                bool
	}
	type siblingsOf struct {
		count  int
		folded *row
	}
	known := map[operation]*siblingsOf{}
	of := make([]*siblingsOf, len(siblings))
	var last operation // of the sibling before, which is often that of the next
	for i, s := range siblings {
		op := operation{s.Service, withoutIndex(s.Name), calledOperation(s), s.Kind, isOrphan(s)}
		if i > 0 && op == last {
			of[i] = of[i-1]
		} else if of[i] = known[op]; of[i] == nil {
			of[i] = &siblingsOf{}
			known[op] = of[i]
		}
		last = op
		of[i].count++
	}
	var rows []*row
	for i, s := range siblings {
		alike := of[i]
		if r := alike.folded; r != nil {
			r.spans = append(r.spans, s)
			continue
		}
		r := &row{spans: []*trace.Span{s}, parent: parent, orphan: isOrphan(s)}
		if parent != nil {
			r.depth = parent.depth + 1
		}
		if alike.count >= foldAt || parent != nil && len(parent.spans) > 1 {
			alike.folded = r
		}
		rows = append(rows, r)
	}
	return rows
}

func isOrphan(s *trace.Span) bool { return s.Parent == nil && s.ParentID != "" }

// withoutIndex replaces the numbers between dots in a name: GraphQL's resolvers are called books.0.author, books.1.author, and so on.
func withoutIndex(name string) string {
	if !strings.Contains(name, ".") {
		return name
	}
	return index.ReplaceAllString(name, ".*")
}

var index = regexp.MustCompile(`\.\d+\b`)

// alwaysShown is how many rows are shown even if they are too short to see.
const alwaysShown = 30

// selectRows marks the rows to show. The next one is always, of those whose parent is shown, the one that matters most.
func (w *waterfall) selectRows(tops []*row, maxRows int) {
	next := &rowHeap{}
	for _, r := range tops {
		heap.Push(next, r)
	}
	for shown := 0; shown < maxRows && next.Len() > 0; {
		r := heap.Pop(next).(*row)
		if total := w.to - w.from; shown >= alwaysShown && r.path < total/500 && r.longest < total/100 {
			continue
		}
		r.shown = true
		shown++
		for _, c := range r.children {
			heap.Push(next, c)
		}
	}
}

// rowHeap is a heap of rows with the one that has most of the critical path on top.
type rowHeap []*row

func (h rowHeap) Len() int      { return len(h) }
func (h rowHeap) Swap(i, j int) { h[i], h[j] = h[j], h[i] }
func (h *rowHeap) Push(r any)   { *h = append(*h, r.(*row)) }
func (h rowHeap) Less(i, j int) bool {
	a, b := h[i], h[j]
	return cmp.Or(cmp.Compare(b.path, a.path), cmp.Compare(b.longest, a.longest), cmp.Compare(a.spans[0].Index, b.spans[0].Index)) < 0
}
func (h *rowHeap) Pop() any {
	last := (*h)[len(*h)-1]
	*h = (*h)[:len(*h)-1]
	return last
}

// listRows adds the shown rows of siblings to w.rows, each followed by its children, and then a row for those that are left out.
// It returns the siblings that it added.
func (w *waterfall) listRows(parent *row, siblings []*row) []*row {
	var shown, hidden []*row
	for _, r := range siblings {
		if r.shown {
			shown = append(shown, r)
		} else {
			hidden = append(hidden, r)
		}
	}
	switch {
	case len(hidden) == 1 && len(hidden[0].children) == 0:
		shown = siblings // a row that says it is left out would take as much room
	case len(hidden) > 0:
		more := &row{parent: parent}
		if parent != nil {
			more.depth = parent.depth + 1
		}
		for _, h := range hidden {
			more.below += h.below
		}
		shown = append(shown, more)
	}
	for i, r := range shown {
		r.last = i == len(shown)-1
		w.rows = append(w.rows, r)
		r.children = w.listRows(r, r.children)
	}
	return shown
}
