package report

import (
	"fmt"
	"slices"

	"spanwise/doctor/trace"
)

// WithoutCrumbs returns only the case of the request if everything else that was read with it are crumbs, which it notes. A crumb is a
// single span of the request's own process at that time, and nothing is wrong with it: the dial of a connection, for example, which a
// client starts in the background.
func WithoutCrumbs(cases []Case) []Case {
	if len(cases) < 2 {
		return cases
	}
	at := slices.IndexFunc(cases, func(c Case) bool { return len(c.Trace.Spans) > 1 })
	if at < 0 {
		return cases
	}
	request := cases[at]
	processes := map[trace.Process]bool{}
	for _, s := range request.Trace.Spans {
		processes[s.Process()] = true
	}
	first, n := -1, 0
	for i, c := range cases {
		switch {
		case i == at:
		case !crumb(c, request, processes):
			return cases
		case first < 0:
			first, n = i, 1
		default:
			n++
		}
	}
	request.Report.Notes = append(slices.Clip(request.Report.Notes), noteCrumbs(cases[first], n))
	return []Case{request}
}

func crumb(c, request Case, processes map[trace.Process]bool) bool {
	if len(c.Trace.Spans) != 1 || len(c.Report.Findings)+len(c.Violations) > 0 {
		return false
	}
	const around = trace.Second
	s, root := c.Trace.Spans[0], request.Trace.Spans[0]
	within := s.Start >= root.Start-around && s.End() <= root.Start+request.Report.Root.DurationUS+around
	return within && processes[s.Process()] && s.Kind != trace.Server && s.Kind != trace.Consumer
}

// noteCrumbs counts the crumbs, and describes one.
func noteCrumbs(c Case, n int) string {
	s := c.Trace.Spans[0]
	text := fmt.Sprintf("`%s` in %s (%s) is in a trace of its own, %s, and not part of this report", s.Name, s.Service, s.Duration, c.Report.TraceID)
	if n > 1 {
		text += fmt.Sprintf(", like %s", plural(n-1, "other single span"))
	}
	return text
}
