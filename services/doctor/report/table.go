package report

// table prints cells in columns, the first flush left and as wide as there is room. The first row is the heading.
// Where a line is too short for all, the first cell gets a line of its own.
func (p *page) table(rows [][]string) {
	widths := make([]int, len(rows[0]))
	for _, r := range rows {
		for i, cell := range r {
			widths[i] = max(widths[i], width(cell))
		}
	}
	figures := 0
	for _, w := range widths[1:] {
		figures += w + 2
	}
	first := min(widths[0], p.Width-figures)
	narrow := first < min(widths[0], 24)
	for i, r := range rows {
		style := plain
		if i == 0 {
			style = dim
		}
		line := pad(squeeze(r[0], max(first, 0)), first)
		if narrow {
			p.line("%s", p.paint(style, squeeze(r[0], p.Width)))
			line = ""
		}
		for j, cell := range r[1:] {
			line += "  " + padLeft(cell, widths[j+1])
		}
		p.line("%s", p.paint(style, line))
	}
}
