package trace

import (
	"fmt"
	"strings"
	"unicode/utf8"
)

// What New accepts without mending. Both leave room to add a start and a duration without overflow:
// start times reach beyond the year 30,000, a single span may last a year.
const (
	maxStart    = 1 << 59
	maxDuration = 1 << 45
)

// mending repairs spans and counts what it repaired.
type mending struct {
	t                                                *Trace
	texts, clamped, copies, renamed, own, loop, lost int
}

// text replaces invalid UTF-8, which would make output that no JSON reader accepts.
func (m *mending) text(s *Span) {
	fixed := false
	for _, p := range []*string{&s.ID, &s.ParentID, &s.Service, &s.Host, &s.Name} {
		if !utf8.ValidString(*p) {
			*p = strings.ToValidUTF8(*p, "\uFFFD")
			fixed = true
		}
	}
	for k, v := range s.Attrs {
		if !utf8.ValidString(v) {
			s.Attrs[k] = strings.ToValidUTF8(v, "\uFFFD")
			fixed = true
		}
	}
	if fixed {
		m.texts++
	}
	named(s)
}

// What is said of spans that do not say who they are: for services, the word that OpenTelemetry's resources begin with then.
const noService, noName = "unknown_service", "(no name)"

// named gives a span the names that it lacks, for sentences are about somebody.
func named(s *Span) {
	if s.Service == "" {
		s.Service = noService
	}
	if s.Name == "" {
		s.Name = noName
	}
}

// times keeps start and duration within what can be added without overflow.
func (m *mending) times(s *Span) {
	start := min(max(s.Start, -maxStart), maxStart)
	duration := min(max(s.Duration, 0), maxDuration)
	if s.Lost > 0 {
		m.lost++
	}
	if start != s.Start || duration != s.Duration {
		m.clamped++
	}
	s.Start, s.Duration = start, duration
}

// copied reports whether a span was exported twice, as against two spans that share an id.
func (m *mending) copied(a, b *Span) bool {
	if a.ID == "" || order(a, b) != 0 {
		return false
	}
	m.copies++
	return true
}

// identities maps ids to spans. Different spans under one id are all kept, the later ones
// under an id of their own and without the children, for nobody knows whose they are.
func (m *mending) identities() map[string]*Span {
	byID := make(map[string]*Span, len(m.t.Spans))
	for _, s := range m.t.Spans {
		if _, taken := byID[s.ID]; taken || s.ID == "" {
			m.renamed++
			s.ID = unused(byID, s.ID, m.renamed)
		}
		byID[s.ID] = s
	}
	return byID
}

func unused(byID map[string]*Span, id string, n int) string {
	for {
		candidate := fmt.Sprintf("%s#%d", id, n)
		if _, taken := byID[candidate]; !taken {
			return candidate
		}
		n++
	}
}

// parents sets Parent and cuts every loop at its first span, which becomes a root.
func (m *mending) parents(byID map[string]*Span) {
	for i, s := range m.t.Spans {
		s.Index = i
		s.Parent = nil
		if s.ParentID == "" {
			continue
		}
		if s.Parent = byID[s.ParentID]; s.Parent == s {
			s.Parent, s.ParentID = nil, ""
			m.own++
		}
	}
	const unseen, walking, done = 0, 1, 2
	state := make([]uint8, len(m.t.Spans))
	for _, s := range m.t.Spans {
		end := s
		for end != nil && state[end.Index] == unseen {
			state[end.Index] = walking
			end = end.Parent
		}
		looped := end != nil && state[end.Index] == walking
		for p := s; p != nil && state[p.Index] == walking; p = p.Parent {
			state[p.Index] = done // before the cut, which would hide the rest of the way
		}
		if looped {
			m.cut(end)
		}
	}
}

// cut opens the loop that s is part of.
func (m *mending) cut(s *Span) {
	first := s
	for p := s.Parent; p != s; p = p.Parent {
		if p.Index < first.Index {
			first = p
		}
	}
	first.Parent, first.ParentID = nil, ""
	m.loop++
}

func (m *mending) note() {
	for _, n := range []struct {
		count int
		what  string
	}{
		{m.texts, "with text that is not UTF-8, which was replaced"},
		{m.clamped, "with an impossible start or duration, cut to what is possible"},
		{m.copies, "that arrived again, left out"},
		{m.renamed, "without an id or with another span's, kept without children"},
		{m.own, "naming itself as parent, made a root"},
		{m.loop, "that closed a loop of parents, made a root"},
		{m.lost, "that lost attributes, events or links to their tracer's limits"},
	} {
		if n.count == 1 {
			m.t.Notes = append(m.t.Notes, "1 span "+n.what)
		} else if n.count > 1 {
			m.t.Notes = append(m.t.Notes, fmt.Sprintf("%d spans %s", n.count, n.what))
		}
	}
}
