package report

import (
	"fmt"
	"io"
	"strings"
)

// A page is text being laid out for a terminal.
type page struct {
	strings.Builder
	Look
}

func newPage(look Look) *page {
	look.Width = max(look.Width, 40)
	return &page{Look: look}
}

func (p *page) flush(out io.Writer) error {
	_, err := io.WriteString(out, p.String())
	return err
}

func (p *page) line(format string, args ...any) {
	p.WriteString(strings.TrimRight(fmt.Sprintf(format, args...), " "))
	p.WriteByte('\n')
}

// paragraph wraps text to the width, in a style. The first line begins with label, the others with as many spaces.
func (p *page) paragraph(style, label, text string) {
	indent := strings.Repeat(" ", width(label))
	for i, l := range wrap(printable(text), p.Width-len(indent)) {
		if i > 0 {
			label = indent
		}
		p.line("%s%s", p.paint(dim, label), p.paint(style, l))
	}
}

// block prints a paragraph and an empty line.
func (p *page) block(style, text string) {
	p.paragraph(style, "", text)
	p.line("")
}

// shorten limits a name to three lines: some tracers call a span by a whole statement.
func (p *page) shorten(name string) string { return squeeze(name, 3*p.Width) }

// table prints cells in columns, the first flush left and as wide as possible. The first row is the heading.
// Where a line is too short for all, the first cell gets a line of its own.
func (p *page) table(rows [][]string) {
	widths := make([]int, len(rows[0]))
	for _, r := range rows {
		for i, cell := range r {
			widths[i] = max(widths[i], width(cell))
		}
	}
	numbers := 0
	for _, w := range widths[1:] {
		numbers += w + 2
	}
	first := min(widths[0], p.Width-numbers)
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

// steps prints commands to type next, with their purposes in a column if all fit.
func (p *page) steps(steps []step) {
	if p.Tools {
		return
	}
	widest, fits := 0, true
	for _, s := range steps {
		widest = max(widest, width(s.command))
	}
	for _, s := range steps {
		fits = fits && len("Next: ")+widest+len(s.comment()) <= p.Width
	}
	for i, s := range steps {
		line := "      "
		if i == 0 {
			line = "Next: "
		}
		if fits {
			s.command = pad(s.command, widest)
		}
		if line += s.command; width(line)+width(s.comment()) <= p.Width {
			line += s.comment()
		}
		p.line("%s", line)
	}
}

// ANSI styles that are readable on both light and dark terminals.
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
