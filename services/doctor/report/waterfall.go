package report

import (
	"cmp"
	"container/heap"
	"slices"

	"spanwise/doctor"
	"spanwise/doctor/path"
	"spanwise/doctor/trace"
)

// foldAt is how many siblings of one operation become one row.
const foldAt = 3

// A waterfall is a trace as rows over one stretch of time. Siblings of one operation are one row, and so are their children.
type waterfall struct {
	from, to int64 // µs since the epoch: what the whole width stands for
	cropped  bool  // there is more before or after
	own      [][]path.Segment
	rows     []*row
	hues     map[string]int // by service
}

// A row is one operation: a span, or several folded. Without spans it stands for those that have no row.
type row struct {
	spans    []*trace.Span
	parent   *row
	children []*row
	depth    int
	path     int64 // µs of the critical path spent here or below
	longest  int64 // µs
	below    int   // spans here and below
	shown    bool
	orphan   bool  // its parent is not in the trace
	last     bool  // of its parent's rows
	marks    []int // numbers of the findings about it
}

// newWaterfall lays t out in at most most rows: those that the critical path spends most time in, and their ancestors.
func newWaterfall(c Case, most int) *waterfall {
	t := c.Trace
	w := &waterfall{own: make([][]path.Segment, len(t.Spans)), hues: map[string]int{}}
	root := doctor.Headline(t)
	if root == nil {
		return w
	}
	for _, s := range path.Critical(t, root) {
		w.own[s.Span.Index] = append(w.own[s.Span.Index], s)
	}
	w.from, w.to, w.cropped = stretch(t, root)
	tops := w.tree(slices.Concat(t.Roots, t.Orphans))
	w.choose(tops, most)
	w.list(tops)
	w.mark(c.Report.Findings[:min(len(c.Report.Findings), Shown)])
	return w
}

// stretch is the time that is drawn: all of the trace, unless work long after the answer would squeeze the request
// itself into a corner.
func stretch(t *trace.Trace, root *trace.Span) (from, to int64, cropped bool) {
	from, to = root.Start, root.End()
	for _, s := range t.Spans {
		from, to = min(from, s.Start), max(to, s.End())
	}
	room := root.Duration / 2
	if room == 0 || to-from <= root.Duration+room {
		return from, to, false
	}
	return max(from, root.Start-room/2), min(to, root.End()+room/2), true
}

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

// mark puts the numbers of findings on the rows of their spans.
func (w *waterfall) mark(findings []doctor.Finding) {
	for i, f := range findings {
		about := make(map[string]bool, len(f.SpanIDs))
		for _, id := range f.SpanIDs {
			about[id] = true
		}
		for _, r := range w.rows {
			if slices.ContainsFunc(r.spans, func(s *trace.Span) bool { return about[s.ID] }) {
				r.marks = append(r.marks, i+1)
			}
		}
	}
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
