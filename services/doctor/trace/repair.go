package trace

import (
	"cmp"
	"fmt"
	"strings"
	"unicode/utf8"
)

// How [New] repairs spans that cannot be true.

// The largest start and duration, in µs, that New accepts: beyond the year 10,000, and one year. Their sum does not overflow.
const (
	maxStart    = 1 << 59
	maxDuration = 1 << 45
)

// A repair makes spans valid, and counts the spans with each kind of defect.
type repair struct {
	t                                                         *Trace
	texts, times, duplicates, ids, ownParents, cycles, losses int
}

// text replaces invalid UTF-8, which JSON cannot represent, and missing names.
func (r *repair) text(s *Span) {
	fixed := false
	for _, p := range []*string{&s.ID, &s.ParentID, &s.Service, &s.Host, &s.Name} {
		if !utf8.ValidString(*p) {
			*p = strings.ToValidUTF8(*p, "\uFFFD")
			fixed = true
		}
	}
	for i, a := range s.Attrs {
		if !utf8.ValidString(a.Value) {
			s.Attrs[i].Value = strings.ToValidUTF8(a.Value, "\uFFFD")
			fixed = true
		}
	}
	if fixed {
		r.texts++
	}
	s.Service = cmp.Or(s.Service, "unknown_service") // as in OpenTelemetry's resources
	s.Name = cmp.Or(s.Name, "(no name)")
}

// limits keeps start and duration within the range that can be added without overflow, and counts spans that hit their tracer's limits.
func (r *repair) limits(s *Span) {
	if s.Dropped > 0 {
		r.losses++
	}
	start := min(max(s.Start, -maxStart), maxStart)
	duration := min(max(s.Duration, 0), maxDuration)
	if start != s.Start || duration != s.Duration {
		r.times++
		s.Mistimed = true
	}
	s.Start, s.Duration = start, duration
}

// duplicate reports whether a and b are one span that was exported twice, rather than two spans with the same id.
func (r *repair) duplicate(a, b *Span) bool {
	if a.ID == "" || order(a, b) != 0 {
		return false
	}
	r.duplicates++
	return true
}

// byID maps ids to spans. Of different spans with the same id, the first keeps it and all children; the others get a new one. A parent id
// does not show which of them is meant.
func (r *repair) byID() map[string]*Span {
	spans := make(map[string]*Span, len(r.t.Spans))
	for _, s := range r.t.Spans {
		if _, taken := spans[s.ID]; taken || s.ID == "" {
			r.ids++
			old := s.ID
			for n := r.ids; taken || s.ID == ""; n++ {
				s.ID = fmt.Sprintf("%s#%d", old, n)
				_, taken = spans[s.ID]
			}
		}
		spans[s.ID] = s
	}
	return spans
}

// parents sets Parent, and cuts every cycle at its first span, which becomes a root.
func (r *repair) parents(byID map[string]*Span) {
	for i, s := range r.t.Spans {
		s.Index = i
		s.Parent = nil
		if s.ParentID == "" {
			continue
		}
		if s.Parent = byID[s.ParentID]; s.Parent == s {
			s.Parent, s.ParentID = nil, ""
			r.ownParents++
		}
	}
	walks := make([]int, len(r.t.Spans)) // the first walk upwards that passed each span, from 1
	for i, s := range r.t.Spans {
		p := s
		for ; p != nil && walks[p.Index] == 0; p = p.Parent {
			walks[p.Index] = i + 1
		}
		if p != nil && walks[p.Index] == i+1 {
			r.cut(p)
		}
	}
}

// cut opens the cycle that s is part of.
func (r *repair) cut(s *Span) {
	first := s
	for p := s.Parent; p != s; p = p.Parent {
		if p.Index < first.Index {
			first = p
		}
	}
	first.Parent, first.ParentID = nil, ""
	r.cycles++
}

// note reports the repairs to the user.
func (r *repair) note() {
	for _, n := range []struct {
		count int
		what  string // after "1 span" or "2 spans"
	}{
		{r.texts, "contained invalid UTF-8; replaced"},
		{r.times, "had an impossible start or duration; limited to the possible range"},
		{r.duplicates, "duplicated another span; ignored"},
		{r.ids, "had no id or the id of another span; kept without children"},
		{r.ownParents, "had the same span id and parent id; treated as root"},
		{r.cycles, "closed a cycle of parents; treated as root"},
		{r.losses, "lost attributes, events or links to the limits of the tracer"},
	} {
		r.t.noteSpans(n.count, n.what)
	}
}

// noteSpans tells the user what happened to n spans; nothing if it is none.
func (t *Trace) noteSpans(n int, what string) {
	switch n {
	case 0:
	case 1:
		t.Notes = append(t.Notes, "1 span "+what)
	default:
		t.Notes = append(t.Notes, fmt.Sprintf("%d spans %s", n, what))
	}
}
