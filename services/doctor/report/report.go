// Package report shows what the doctor found: [Terminal] to a person at a prompt, [HTML] and [Markdown] to those
// they send it to, [JSON] to programs. [Ranking] sums up many traces and [Compare] sets two sets side by side.
//
// Every report of the same trace is the same, byte for byte.
package report

import (
	"fmt"
	"io"
	"strings"

	"spanwise/doctor"
	"spanwise/doctor/trace"
)

// A Look is how a text report should look and what it may refer to.
type Look struct {
	Width   int      // columns; at least 40 are used
	Color   bool     // ANSI colours
	Program string   // how the command was called; "doctor" if empty
	Jaeger  string   // the address of the Jaeger that was asked, unless it is the command's own choice
	All     bool     // spell out what is folded otherwise
	Source  []string // what to give the command to get the same traces again; for the next steps
}

// A Case is a trace and what the doctor says of it.
type Case struct {
	Trace     *trace.Trace
	Report    doctor.Report
	Forbidden []string // what a gate of the caller's stops it for, in words
}

// Shown is how many findings a report spells out; the rest are named only.
const Shown = 5

// upTo is how many of n to show where that many are shown unless all are asked for.
func (l Look) upTo(shown, n int) int {
	if l.All {
		return n
	}
	return min(shown, n)
}

// Terminal prints the waterfall, the findings and what to do next.
func Terminal(out io.Writer, c Case, look Look) error {
	p := newPage(look)
	p.title(c)
	p.waterfall(newWaterfall(c, maxRows))
	p.findings(c.Report)
	p.notes("Gate: ", c.Forbidden)
	p.notes("Note: ", c.Report.Notes)
	p.next(look.steps(c.Report))
	return p.flush(out)
}

// maxRows is how many rows of a waterfall a person can still take in.
const maxRows = 60

// A page is text being laid out.
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

// paragraph wraps text to the width, in a style, with first before its first line and the same room before the others.
func (p *page) paragraph(style, first, text string) {
	room := strings.Repeat(" ", width(first))
	for i, l := range wrap(printable(text), p.Width-len(room)) {
		if i > 0 {
			first = room
		}
		p.line("%s%s", p.paint(dim, first), p.paint(style, l))
	}
}

// longest is how many lines a name may take: some tracers call a span by a whole statement.
const longest = 3

// title names the request and its size.
func (p *page) title(c Case) {
	r := c.Report
	what, took := name(r.Root.Service, r.Root.Operation), human(r.Root.DurationUS)
	if width(what)+2+width(took) <= p.Width {
		p.line("%s  %s", p.paint(bold, what), p.paint(bold, took))
	} else {
		p.paragraph(bold, "", squeeze(what, longest*p.Width)+", "+took)
	}
	p.paragraph(dim, "", size(c))
	p.line("")
}

// size says which trace it is and how large.
func size(c Case) string {
	services := map[string]bool{}
	for _, s := range c.Trace.Spans {
		services[s.Service] = true
	}
	return "trace " + c.Report.TraceID + ", " + plural(c.Report.Spans, "span") + " of " + plural(len(services), "service")
}

// name writes an operation with its service.
func name(service, operation string) string {
	service, operation = printable(service), printable(operation)
	if operation == "" {
		operation = "(no name)"
	}
	if service == "" {
		return operation
	}
	return service + ": " + operation
}
