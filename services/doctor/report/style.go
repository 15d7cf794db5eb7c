package report

import "hash/fnv"

// ANSI styles, those that both light and dark terminals show readably.
const (
	bold = "1"
	dim  = "2"
	red  = "31"
)

// paint wraps s in a style, if there is colour.
func (p *page) paint(style, s string) string {
	if !p.Color || s == "" {
		return s
	}
	return "\x1b[" + style + "m" + s + "\x1b[0m"
}

// hue gives a service one of a few colours, the same in every report.
func hue(service string) int {
	h := fnv.New32a()
	h.Write([]byte(service))
	return int(h.Sum32() % hues)
}

const hues = 5

// ansi are the colours of services: cyan, green, yellow, blue, magenta. Red is for errors.
var ansi = [hues]string{"36", "32", "33", "34", "35"}
