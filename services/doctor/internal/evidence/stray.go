package evidence

import (
	"cmp"
	"slices"
	"sort"

	"spanwise/doctor/path"
	"spanwise/doctor/trace"
)

// A Fill is a stretch without a span of its own that spans of the same trace fill, though nothing connects them with the request.
type Fill struct {
	Span    *trace.Span // that the stretch belongs to
	Stretch path.Segment
}

// strays lists the tops of the trees that are not connected with the request: what their parents or links would say was lost.
func (e *Exam) strays() []*trace.Span {
	list := slices.Clone(e.Trace.Orphans)
	for _, r := range e.Trace.Roots {
		if len(r.Links) == 0 && r.Kind != trace.Consumer {
			list = append(list, r)
		}
	}
	return slices.DeleteFunc(list, func(s *trace.Span) bool { return s == e.Root || s.Duration == 0 })
}

// fill removes the darkness of stretches that strays fill for the most part: what is missing there is their connection.
func (e *Exam) fill(d *Darkness) {
	strays := e.strays()
	if len(strays) == 0 {
		return
	}
	covered := Covered(strays)
	for i, seg := range e.Path {
		if d.At[i] < Soon || covered.Within(seg)*2 < d.At[i] {
			continue
		}
		d.Total[seg.Span.Index] -= d.At[i]
		d.At[i] = 0
		d.Fills = append(d.Fills, Fill{seg.Span, seg})
	}
}

// Intervals do not overlap, and are in order of time.
type Intervals []path.Segment

// Covered is the time that spans cover.
func Covered(spans []*trace.Span) (all Intervals) {
	spans = slices.Clone(spans)
	slices.SortFunc(spans, func(a, b *trace.Span) int { return cmp.Compare(a.Start, b.Start) })
	for _, s := range spans {
		if n := len(all); n > 0 && s.Start <= all[n-1].Hi {
			all[n-1].Hi = max(all[n-1].Hi, s.End())
			continue
		}
		all = append(all, path.Segment{Span: s, Lo: s.Start, Hi: s.End()})
	}
	return all
}

// Within is how much of a stretch the intervals cover.
func (all Intervals) Within(seg path.Segment) (us trace.Micros) {
	i := sort.Search(len(all), func(i int) bool { return all[i].Hi > seg.Lo })
	for ; i < len(all) && all[i].Lo < seg.Hi; i++ {
		us += min(all[i].Hi, seg.Hi) - max(all[i].Lo, seg.Lo)
	}
	return us
}
