package report

import (
	"fmt"
	"iter"
	"maps"
	"slices"
	"strings"

	"spanwise/doctor"
	"spanwise/doctor/path"
	"spanwise/doctor/trace"
)

// A waterfall is a trace as rows over one period of time. Siblings of one operation are one row, and so are their children.
type waterfall struct {
	from, to trace.Micros   // the period that the full width stands for
	cropped  bool           // there is more before or after
	critical segments       // of the critical path
	rows     []*row         // in the order in which they are drawn
	tops     []*row         // those without a parent
	hues     map[string]int // by service
}

// A row is one operation: a span, or several folded. A row without spans stands for those that have no row.
type row struct {
	spans    []*trace.Span
	parent   *row
	children []*row
	depth    int
	path     trace.Micros // of the critical path spent here or below
	longest  trace.Micros
	below    int // spans here and below
	shown    bool
	orphan   bool  // its parent is not in the trace
	last     bool  // of its parent's rows
	marks    []int // numbers of the findings about it
}

// newWaterfall lays out a trace in at most maxRows rows: those in which the critical path spends most time, and their ancestors.
func newWaterfall(c Case, maxRows int) *waterfall {
	t := c.Trace
	w := &waterfall{hues: map[string]int{}}
	w.colorServices(t)
	root := doctor.Headline(t)
	if root == nil {
		return w
	}
	w.critical = bySpan(path.Critical(t, root), len(t.Spans))
	w.from, w.to, w.cropped = period(t, root)
	tops := w.foldTree(slices.Concat(t.Roots, t.Orphans))
	w.selectRows(tops, maxRows)
	w.tops = w.listRows(nil, tops)
	w.mark(c.Report.Findings[:min(len(c.Report.Findings), Shown)])
	return w
}

// segments are lists of segments, one for each span, in the order in which the path has them.
type segments struct {
	all   []path.Segment
	next  []int32 // the index of the next segment of the same span; -1 after the last one
	first []int32 // the index of a span's first segment, by Span.Index; -1 if it has none
}

func bySpan(all []path.Segment, spans int) segments {
	s := segments{all, make([]int32, len(all)), slices.Repeat([]int32{-1}, spans)}
	for i, seg := range slices.Backward(all) {
		s.next[i], s.first[seg.Span.Index] = s.first[seg.Span.Index], int32(i)
	}
	return s
}

func (s segments) of(span *trace.Span) iter.Seq[path.Segment] {
	return func(yield func(path.Segment) bool) {
		for i := s.first[span.Index]; i >= 0; i = s.next[i] {
			if !yield(s.all[i]) {
				return
			}
		}
	}
}

// hues is how many colours services have.
const hues = 6

// colorServices gives each service a colour, in the order of their names, so that another trace of the same services has the
// same colours.
func (w *waterfall) colorServices(t *trace.Trace) {
	for _, s := range t.Spans {
		w.hues[s.Service] = 0
	}
	for i, service := range slices.Sorted(maps.Keys(w.hues)) {
		w.hues[service] = i % hues
	}
}

// Extent is the time that the waterfall of a trace shows.
func Extent(t *trace.Trace) trace.Micros {
	root := doctor.Headline(t)
	if root == nil {
		return 0
	}
	from, to, _ := period(t, root)
	return to - from
}

// period is the time that is drawn: the whole trace, unless work long after the response would squeeze the request
// itself into a corner.
func period(t *trace.Trace, root *trace.Span) (from, to trace.Micros, cropped bool) {
	from, to = root.Start, root.End()
	for _, s := range t.Spans {
		from, to = min(from, s.Start), max(to, s.End())
	}
	margin := root.Duration / 2
	if margin == 0 || to-from <= root.Duration+margin {
		return from, to, false
	}
	return max(from, root.Start-margin/2), min(to, root.End()+margin/2), true
}

// mark puts the numbers of findings on the rows of their spans.
func (w *waterfall) mark(findings []doctor.Finding) {
	about := map[string]uint{} // a bit for each finding
	for i, f := range findings {
		for _, id := range f.SpanIDs {
			about[id] |= 1 << i
		}
	}
	for _, r := range w.rows {
		marks := uint(0)
		for _, s := range r.spans {
			marks |= about[s.ID]
		}
		for i := range findings {
			if marks&(1<<i) != 0 {
				r.marks = append(r.marks, i+1)
			}
		}
	}
}

// label names the operation, with its service if that is not the parent's.
func (r *row) label() string {
	if len(r.spans) == 0 {
		return "… " + plural(r.below, "more span")
	}
	s := r.spans[0]
	service := s.Service
	if r.parent != nil && r.parent.spans[0].Service == service {
		service = ""
	}
	operation := s.Name
	if len(r.spans) > 1 {
		operation = withoutIndex(operation)
	}
	label := name(service, operation)
	if r.orphan {
		label = "(parent missing) " + label
	}
	return label
}

// errors is a mark on a row that failed. A row of several spans has the number of those that did.
func (r *row) errors() string {
	failed := 0
	for _, s := range r.spans {
		if s.Error {
			failed++
		}
	}
	switch {
	case failed == 0:
		return ""
	case len(r.spans) == 1:
		return "✗"
	}
	return "✗" + Thousands(failed)
}

// badge is what stays visible of a row however short its name becomes: its errors, and the numbers of its findings.
func (r *row) badge() string {
	var badge strings.Builder
	if e := r.errors(); e != "" {
		badge.WriteString(" " + e)
	}
	for _, n := range r.marks {
		fmt.Fprintf(&badge, " [%d]", n)
	}
	return badge.String()
}

// time is the duration of the span or, of folded spans, their median and number.
func (r *row) time() string {
	switch len(r.spans) {
	case 0:
		return ""
	case 1:
		return (r.spans[0].Duration).String()
	}
	durations := make([]trace.Micros, len(r.spans))
	for i, s := range r.spans {
		durations[i] = s.Duration
	}
	return middle(durations).String() + " ×" + Thousands(len(r.spans))
}
