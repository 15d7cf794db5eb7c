package report

import "strings"

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

// hue gives each service a colour, in the order of the rows, so that neighbours differ.
func (w *waterfall) hue(service string) int {
	h, known := w.hues[service]
	if !known {
		h = len(w.hues) % hues
		w.hues[service] = h
	}
	return h
}

const hues = 5

// ansi are the colours of services: cyan, green, yellow, blue, magenta. Red is for errors.
var ansi = [hues]string{"36", "32", "33", "34", "35"}
