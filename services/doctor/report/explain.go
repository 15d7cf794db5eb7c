package report

import (
	"io"
	"strings"

	"spanwise/doctor"
)

// Explain prints one kind of finding: the rule, how its saving is computed, what fools it, and an example.
func Explain(out io.Writer, k doctor.KindInfo, look Look) error {
	p := newPage(look)
	p.line("%s", p.paint(bold, string(k.Kind)))
	p.paragraph(plain, "", k.Title)
	for par := range strings.SplitSeq(strings.TrimSpace(k.Doc), "\n\n") {
		p.line("")
		p.paragraph(plain, "", par)
	}
	if k.Example != "" {
		p.line("")
		p.paragraph(plain, "", sketchKey)
		p.line("")
		for l := range strings.SplitSeq(strings.Trim(k.Example, "\n"), "\n") {
			p.line("  %s", l)
		}
	}
	p.line("")
	p.next([]step{{p.program() + " -fail-on " + string(k.Kind) + " trace.json", "make it a gate"}})
	return p.flush(out)
}

// sketchKey says how to read an example.
const sketchKey = "A trace that has it. A line is a span: service, name, and in brackets its kind, its start and its duration; " +
	"x12 +8ms are 12 of them, each 8 ms after the one before:"

// Kinds lists what the doctor can find, with a line on each.
func Kinds(out io.Writer, kinds []doctor.KindInfo, look Look) error {
	p := newPage(look)
	widest := 0
	for _, k := range kinds {
		widest = max(widest, width(string(k.Kind)))
	}
	for _, k := range kinds {
		p.paragraph(plain, pad(string(k.Kind), widest)+"  ", k.Title)
	}
	p.line("")
	if len(kinds) > 0 {
		p.next([]step{{p.program() + " explain " + string(kinds[0].Kind), ""}})
	}
	return p.flush(out)
}
