package explore

import (
	"cmp"
	"slices"
	"strings"

	"spanwise/doctor"
	"spanwise/doctor/path"
	"spanwise/doctor/report"
	"spanwise/doctor/trace"
	"spanwise/lab/logs"
)

// MaxSpans is how many spans the viewer shows of a trace.
const MaxSpans = 200_000

// A document is a trace for viewer.js. Columns have an entry for each span, and texts are indices into Strings: a large trace consists of few
// different ones. Times are in microseconds since Start.
type document struct {
	ID       string    `json:"id"`
	Start    int64     `json:"start"` // in microseconds since the Unix epoch
	Length   int64     `json:"length"`
	Left     int       `json:"left,omitempty"` // spans that are left out
	Services []service `json:"services"`
	Strings  []string  `json:"strings"`
	Spans    columns   `json:"spans"`
	Critical []int64   `json:"critical"` // of each stretch of the critical path: the span, from, to
	Findings []found   `json:"findings"`
	Logs     []logged  `json:"logs,omitempty"`

	texts map[string]int
}

type service struct {
	Name string `json:"name"`
	Hue  int    `json:"hue"`
}

type columns struct {
	ID       []string  `json:"id"`
	Parent   []int     `json:"parent"` // -1 if there is none
	Orphan   []int     `json:"orphan"` // indices of spans whose parent is missing
	Service  []int     `json:"service"`
	Name     []int     `json:"name"`
	Kind     []int     `json:"kind"`
	Host     []int     `json:"host"`
	Database []int     `json:"database"` // indices of calls to databases
	Start    []int64   `json:"start"`
	Duration []int64   `json:"duration"`
	Self     []int64   `json:"self"`   // time in which no child ran
	Failed   []int     `json:"failed"` // index of the span, and of the reason
	Attrs    [][]int   `json:"attrs"`  // names and values
	Events   [][]event `json:"events"`
	Links    [][]int   `json:"links"` // trace ids and span ids
	Notes    []int     `json:"notes"` // index of the span, and what is odd about it
}

type event struct {
	At    int64 `json:"at"`
	Name  int   `json:"name"`
	Attrs []int `json:"attrs,omitempty"`
}

// A found is a finding with its spans.
type found struct {
	N     int    `json:"n"`
	Title string `json:"title"`
	Spans []int  `json:"spans"`
}

// A logged is a line of a log, with the id of its span.
type logged struct {
	Span     string `json:"span"`
	At       int64  `json:"at"`
	Severity string `json:"severity"`
	Message  string `json:"message"`
	Attrs    []int  `json:"attrs,omitempty"`
}

func newDocument(c report.Case, words report.Words, lines []logs.Line, hue func(service string) int) *document {
	t := c.Trace
	d := &document{ID: t.ID, Services: []service{}, Strings: []string{}, Critical: []int64{}, Findings: []found{}, texts: map[string]int{}}
	if len(t.Spans) == 0 {
		return d
	}
	spans := t.Spans[:min(len(t.Spans), MaxSpans)]
	d.Left = len(t.Spans) - len(spans)
	start, end := t.Spans[0].Start, trace.Micros(0)
	for _, s := range spans {
		start, end = min(start, s.Start), max(end, s.End())
	}
	d.Start, d.Length = int64(start), int64(end-start)
	services := d.addServices(t, hue)
	for _, s := range spans {
		d.add(s, services[s.Service], len(spans))
	}
	if root := doctor.Headline(t); root != nil {
		for _, seg := range path.Critical(t, root) {
			if seg.Span.Index < len(spans) {
				d.Critical = append(d.Critical, int64(seg.Span.Index), int64(seg.Lo-start), int64(seg.Hi-start))
			}
		}
	}
	d.addFindings(c.Report.Findings, words.Findings, spans)
	d.addLogs(lines)
	return d
}

func (d *document) addServices(t *trace.Trace, hue func(service string) int) map[string]int {
	index := map[string]int{}
	for _, s := range t.Spans {
		if _, known := index[s.Service]; !known {
			index[s.Service] = 0
			d.Services = append(d.Services, service{s.Service, hue(s.Service)})
		}
	}
	slices.SortFunc(d.Services, func(a, b service) int { return strings.Compare(a.Name, b.Name) })
	for i := range d.Services {
		index[d.Services[i].Name] = i
		d.Services[i].Name = label(d.Services[i].Name, "(no service)")
	}
	return index
}

func (d *document) add(s *trace.Span, service, spans int) {
	c := &d.Spans
	parent := -1
	if s.Parent != nil && s.Parent.Index < spans {
		parent = s.Parent.Index
	} else if s.ParentID != "" {
		c.Orphan = append(c.Orphan, s.Index)
	}
	c.ID = append(c.ID, s.ID)
	c.Parent = append(c.Parent, parent)
	c.Service = append(c.Service, service)
	c.Name = append(c.Name, d.text(label(s.Name, "(no name)")))
	c.Kind = append(c.Kind, int(s.Kind))
	c.Host = append(c.Host, d.text(label(s.Host, "")))
	if s.Get(trace.DBSystem) != "" {
		c.Database = append(c.Database, s.Index)
	}
	c.Start = append(c.Start, int64(s.Start)-d.Start)
	c.Duration = append(c.Duration, int64(s.Duration))
	c.Self = append(c.Self, int64(selfTime(s)))
	if s.Error {
		c.Failed = append(c.Failed, s.Index, d.text(label(reason(s), "")))
	}
	c.Attrs = append(c.Attrs, d.attrs(s.Attrs))
	var events []event
	for _, e := range s.Events {
		events = append(events, event{int64(e.Time) - d.Start, d.text(label(e.Name, "(no name)")), d.attrs(e.Attrs)})
	}
	c.Events = append(c.Events, events)
	var links []int
	for _, l := range s.Links {
		links = append(links, d.text(label(l.TraceID, "")), d.text(label(l.SpanID, "")))
	}
	c.Links = append(c.Links, links)
	for _, note := range oddities(s) {
		c.Notes = append(c.Notes, s.Index, d.text(note))
	}
}

// text returns the index of a text in d.Strings.
func (d *document) text(s string) int {
	i, known := d.texts[s]
	if !known {
		i = len(d.Strings)
		d.texts[s] = i
		d.Strings = append(d.Strings, s)
	}
	return i
}

func (d *document) attrs(attrs trace.Attrs) []int {
	list := make([]int, 0, 2*len(attrs))
	for _, a := range attrs {
		list = append(list, d.text(label(a.Key, "(no name)")), d.text(visible(a.Value)))
	}
	return list
}

func (d *document) addFindings(findings []doctor.Finding, cards []report.Card, spans []*trace.Span) {
	about := map[string][]int{}
	for i := range cards {
		d.Findings = append(d.Findings, found{N: cards[i].N, Title: cards[i].Title, Spans: []int{}})
		for _, id := range findings[i].SpanIDs {
			if last := about[id]; len(last) == 0 || last[len(last)-1] != i {
				about[id] = append(last, i)
			}
		}
	}
	for _, s := range spans {
		for _, i := range about[s.ID] {
			d.Findings[i].Spans = append(d.Findings[i].Spans, s.Index)
		}
	}
}

func (d *document) addLogs(lines []logs.Line) {
	for _, l := range lines {
		d.Logs = append(d.Logs, logged{l.Span, l.Time.UnixMicro() - d.Start, label(l.Severity, ""), visible(l.Message), d.attrs(trace.AttrsOf(l.Attrs))})
	}
}

// selfTime is how long a span ran while none of its children did.
func selfTime(s *trace.Span) trace.Micros {
	covered, now := trace.Micros(0), s.Start
	children := s.Children
	byStart := func(a, b *trace.Span) int { return cmp.Compare(a.Start, b.Start) }
	if !slices.IsSortedFunc(children, byStart) {
		children = slices.SortedFunc(slices.Values(children), byStart)
	}
	for _, c := range children {
		from, to := max(c.Start, now), min(c.End(), s.End())
		covered += max(0, to-from)
		now = max(now, to)
	}
	return max(0, s.Duration-covered)
}
