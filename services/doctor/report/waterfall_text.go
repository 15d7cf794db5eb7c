package report

import (
	"fmt"
	"slices"
	"strings"
)

// waterfall prints a row for each operation: its name, its duration, and a bar that shows when it ran.
func (p *page) waterfall(w *waterfall) {
	if len(w.rows) == 0 {
		return
	}
	if p.Tools {
		p.outline(w)
		return
	}
	label, time, maxDepth := 0, 0, min(p.Width/8, 12)
	for _, r := range w.rows {
		label, time = max(label, width(r.guide(maxDepth)+r.label()+r.badge())), max(time, width(r.time()))
	}
	label = min(label, (p.Width-time-4)*55/100)
	bar := p.Width - label - time - 4
	p.line("%s", p.paint(dim, pad("", label+time+4)+"0"+padLeft((w.to-w.from).String(), bar-1)))
	for _, r := range w.rows {
		guide := r.guide(maxDepth)
		if len(r.spans) == 0 {
			p.line("%s", p.paint(dim, guide+r.label()))
			continue
		}
		style := plain
		if r.errors() != "" {
			style = red
		}
		room := label - width(guide) - width(r.badge())
		text := p.paint(style, pad(squeeze(r.label(), max(room, 8))+r.badge(), label-width(guide)))
		color := ansi[w.hues[r.spans[0].Service]]
		p.line("%s%s  %s  %s", p.paint(dim, guide), text, padLeft(r.time(), time), p.bar(color, w.cells(r, bar)))
	}
	legend := "█ on the critical path, ░ waiting for a child or running in parallel"
	if w.cropped {
		legend += ", ‹ › begins before or ends after the time shown"
	}
	p.block(dim, legend)
}

// ansi are the colours of services: cyan, green, yellow, blue, magenta. Red is for errors.
var ansi = [hues]string{"36", "32", "33", "34", "35"}

// bar draws cells, readable without colour too.
func (p *page) bar(color string, cells []cell) string {
	var b strings.Builder
	for len(cells) > 0 {
		n := 1
		for n < len(cells) && cells[n] == cells[0] {
			n++
		}
		style := color
		if cells[0] != waited && cells[0] != partly && cells[0] != thinly {
			style = dim + ";" + color
		}
		b.WriteString(p.paint(style, strings.Repeat(glyphs[cells[0]], n)))
		cells = cells[n:]
	}
	return b.String()
}

var glyphs = [...]string{idle: " ", briefly: "·", running: "░", thinly: "▏", partly: "▌", waited: "█", earlier: "‹", later: "›"}

// guide draws the lines that lead from the ancestors to a row. Below maxDepth it writes the depth instead.
func (r *row) guide(maxDepth int) string {
	if r.depth == 0 {
		return ""
	}
	if r.depth > maxDepth {
		return fmt.Sprintf("%d deep: ", r.depth)
	}
	corner := "├ "
	if r.last {
		corner = "└ "
	}
	guide := []string{corner}
	for a := r.parent; a != nil && a.depth > 0; a = a.parent {
		if a.last {
			guide = append(guide, "  ")
		} else {
			guide = append(guide, "│ ")
		}
	}
	slices.Reverse(guide)
	return strings.Join(guide, "")
}
