package report

import (
	"slices"

	"spanwise/doctor"
	"spanwise/doctor/path"
	"spanwise/doctor/trace"
)

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
	w.paintServices(t)
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
