package report

import (
	"fmt"
	"slices"
	"strings"
)

// waterfall prints a row for each operation: what, how long, and when.
func (p *page) waterfall(w *waterfall) {
	if len(w.rows) == 0 {
		return
	}
	var times []string
	label, time, indent := 0, 0, min(p.Width/8, 12)
	for _, r := range w.rows {
		times = append(times, r.time())
		label, time = max(label, width(r.guide(indent)+r.label()+r.badge())), max(time, width(r.time()))
	}
	label = min(label, (p.Width-time-4)*55/100)
	bar := p.Width - label - time - 4
	p.line("%s", p.paint(dim, pad("", label+time+4)+scale(w, bar)))
	for i, r := range w.rows {
		guide := r.guide(indent)
		if len(r.spans) == 0 {
			p.line("%s", p.paint(dim, guide+r.label()))
			continue
		}
		room := label - width(guide) - width(r.badge())
		text := pad(squeeze(r.label(), max(room, 8))+r.badge(), label-width(guide))
		p.line("%s%s  %s  %s", p.paint(dim, guide), p.tint(r, text), padLeft(times[i], time), p.bar(ansi[w.hues[r.spans[0].Service]], w.cells(r, bar)))
	}
	legend := "█ the request waits for this, ░ it runs meanwhile"
	if w.cropped {
		legend += ", ‹ › before and after"
	}
	p.line("%s", p.paint(dim, clip(legend, p.Width)))
	p.line("")
}

// scale is the ruler over the bars: where they begin, and how much time they stand for.
func scale(w *waterfall, n int) string {
	end := human(w.to - w.from)
	return "0" + padLeft(end, n-1)
}

// tint colours a row's label by its service, and marks errors.
func (p *page) tint(r *row, label string) string {
	if r.failed() > 0 {
		return p.paint(red, label)
	}
	return label
}

// bar draws cells, with colour if there is any, but readable without.
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
		text := strings.Repeat(glyphs[cells[0]], n)
		if cells[0] != idle {
			text = p.paint(style, text)
		}
		b.WriteString(text)
		cells = cells[n:]
	}
	return b.String()
}

var glyphs = [...]string{idle: " ", briefly: "·", running: "░", thinly: "▏", partly: "▌", waited: "█", earlier: "‹", later: "›"}

// guide draws the lines that lead from the parents to a row. Deep down it writes the depth instead.
func (r *row) guide(most int) string {
	if r.depth == 0 {
		return ""
	}
	if r.depth > most {
		return fmt.Sprintf("%d deep: ", r.depth)
	}
	turn := "├ "
	if r.last {
		turn = "└ "
	}
	return r.parent.under(most) + turn
}

// under is the guide before what stands below a row.
func (r *row) under(most int) string {
	var parts []string
	for ; r != nil && r.depth > 0; r = r.parent {
		if r.depth > most {
			continue
		}
		if r.last {
			parts = append(parts, "  ")
		} else {
			parts = append(parts, "│ ")
		}
	}
	slices.Reverse(parts)
	return strings.Join(parts, "")
}

// label names the operation, with its service where that is not the parent's.
func (r *row) label() string {
	if len(r.spans) == 0 {
		return "… " + plural(r.below, "more span")
	}
	s := r.spans[0]
	service := s.Service
	if r.parent != nil && r.parent.spans[0].Service == service {
		service = ""
	}
	label := name(service, s.Name)
	if r.orphan {
		label = "(parent missing) " + label
	}
	return label
}

// errors marks a row that failed, with the number of its spans that did if it has several.
func (r *row) errors() string {
	switch failed := r.failed(); {
	case failed == 0:
		return ""
	case len(r.spans) == 1:
		return "✗"
	default:
		return "✗" + thousands(failed)
	}
}

// badge is what must be seen of a row however short its name becomes: its errors, and the findings about it.
func (r *row) badge() string {
	var badge strings.Builder
	if e := r.errors(); e != "" {
		badge.WriteString(" " + e)
	}
	for _, n := range r.marks {
		fmt.Fprintf(&badge, " [%d]", n)
	}
	return badge.String()
}

func (r *row) failed() (n int) {
	for _, s := range r.spans {
		if s.Error {
			n++
		}
	}
	return n
}

// time is the duration of the span or, of folded ones, the median and how many they are.
func (r *row) time() string {
	switch len(r.spans) {
	case 0:
		return ""
	case 1:
		return human(r.spans[0].Duration)
	}
	durations := make([]int64, len(r.spans))
	for i, s := range r.spans {
		durations[i] = s.Duration
	}
	slices.Sort(durations)
	return human(durations[len(durations)/2]) + " ×" + thousands(len(r.spans))
}
