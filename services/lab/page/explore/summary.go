package explore

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"spanwise/doctor"
	"spanwise/doctor/report"
	"spanwise/doctor/trace"
)

// A Summary is a trace in a line.
type Summary struct {
	ID              string
	Path            string // of its page
	Service         string // of the operation that the trace is about
	Name            string
	Request         string // its path and query, if they say more than the name
	Start           time.Time
	Duration        trace.Micros
	Spans, Errors   int
	Services        []Share
	Findings        []doctor.Kind // worth fixing, best first
	first           trace.Micros
	hasRoot, cutOff bool
}

// A Share is a service's part of the spans.
type Share struct {
	Service string
	Hue     int
	Spans   int
}

// Incomplete reports whether the root has not arrived, or the input was cut off.
func (s Summary) Incomplete() bool { return !s.hasRoot || s.cutOff }

// Failed is the number of failed spans, for a template.
func (s Summary) Failed() string { return count(s.Errors, "error") }

// MoreFindings is how many kinds of findings there are in addition to the first two.
func (s Summary) MoreFindings() int { return max(0, len(s.Findings)-2) }

// Alone is a list of this summary, for a template.
func (s Summary) Alone() []Summary { return []Summary{s} }

// Micros is the start in microseconds since the Unix epoch.
func (s Summary) Micros() int64 { return int64(s.first) }

func summarize(c report.Case, hue func(service string) int) Summary {
	t, r := c.Trace, c.Report
	s := Summary{ID: t.ID, Path: "/traces/" + t.ID, Service: label(r.Root.Service, "(no service)"), Name: label(r.Root.Operation, "(no name)"), Duration: r.Root.DurationUS,
		Spans: len(t.Spans), Errors: errorsOf(t), hasRoot: len(t.Roots) > 0, cutOff: t.CutOff}
	if len(t.Spans) > 0 {
		s.first = t.Spans[0].Start
		s.Start = time.UnixMicro(int64(s.first))
	}
	spans := map[string]int{}
	for _, span := range t.Spans {
		spans[span.Service]++
	}
	for service, n := range spans {
		s.Services = append(s.Services, Share{label(service, "(no service)"), hue(service), n})
	}
	slices.SortFunc(s.Services, func(a, b Share) int {
		return cmp.Or(cmp.Compare(b.Spans, a.Spans), cmp.Compare(a.Service, b.Service))
	})
	if root := doctor.Headline(t); root != nil {
		s.Request = request(root)
	}
	for _, f := range r.Findings {
		if !slices.Contains(s.Findings, f.Kind) {
			s.Findings = append(s.Findings, f.Kind)
		}
	}
	return s
}

// request is the path of a server's span, which its name has as a route only, and the query.
func request(s *trace.Span) string {
	path, query := s.Get(trace.URLPath), s.Get(trace.URLQuery)
	if query != "" && !strings.Contains(path, "?") {
		path += "?" + query
	}
	if path == "" || strings.HasSuffix(s.Name, path) {
		return ""
	}
	return clip(report.Printable(path), 200)
}
