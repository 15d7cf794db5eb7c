package report

import (
	"maps"
	"slices"
	"strings"

	"spanwise/doctor/trace"
)

// ANSI styles, those that both light and dark terminals show readably.
const (
	plain = ""
	bold  = "1"
	dim   = "2"
	red   = "31"
)

// paint wraps s in a style, if there is colour.
func (p *page) paint(style, s string) string {
	if !p.Color || style == plain || strings.TrimSpace(s) == "" {
		return s
	}
	return "\x1b[" + style + "m" + s + "\x1b[0m"
}

// paintServices gives each service of a trace a colour, by the order of their names: in another trace of the same services each
// has the same one.
func (w *waterfall) paintServices(t *trace.Trace) {
	for _, s := range t.Spans {
		w.hues[s.Service] = 0
	}
	for i, service := range slices.Sorted(maps.Keys(w.hues)) {
		w.hues[service] = i % hues
	}
}

const hues = 5

// ansi are the colours of services: cyan, green, yellow, blue, magenta. Red is for errors.
var ansi = [hues]string{"36", "32", "33", "34", "35"}
