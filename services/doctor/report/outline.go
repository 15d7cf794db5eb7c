package report

import (
	"fmt"
	"strings"

	"spanwise/doctor/trace"
)

// outline prints a row for each operation, as waterfall does, with its share of the critical path instead of a bar.
func (p *page) outline(w *waterfall) {
	const maxDepth = 12
	var total trace.Micros
	for _, segment := range w.critical.all {
		total += segment.Duration()
	}
	p.paragraph(plain, "", "Operations, with their duration (of several, the median and ×count), and the share of the critical path here and below; [1] is finding 1:")
	for _, r := range w.rows {
		line := strings.Repeat("  ", min(r.depth, maxDepth))
		if r.depth > maxDepth {
			line += fmt.Sprintf("%d deep: ", r.depth)
		}
		line += squeeze(r.label(), p.Width) + r.badge()
		if len(r.spans) > 0 {
			line += "  " + r.time()
		}
		if share := ratio(r.path, total); share >= 0.005 {
			line += "  " + percent(share)
		}
		p.line("%s", printable(line))
	}
	p.line("")
}
