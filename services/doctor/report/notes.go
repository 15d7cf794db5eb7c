package report

import "fmt"

// mostNotes is how many notes a report for people spells out. One more is not worth a line that says so.
const mostNotes = 5

// fewNotes are those that are spelled out, and how many more there are: a hundred clocks that are off are a hundred notes.
func fewNotes(notes []string, all bool) (few []string, rest int) {
	if all || len(notes) <= mostNotes+1 {
		return notes, 0
	}
	return notes[:mostNotes], len(notes) - mostNotes
}

func moreNotes(rest int) string { return fmt.Sprintf("and %s more (see -all)", thousands(rest)) }

// notes says, each below a label, what could not be read, was mended or is assumed, or what a gate forbids.
func (p *page) notes(label string, notes []string) {
	few, rest := fewNotes(notes, p.All)
	for _, n := range few {
		p.paragraph(plain, label, n)
	}
	if rest > 0 {
		p.paragraph(plain, label, moreNotes(rest))
	}
	if len(notes) > 0 {
		p.line("")
	}
}

// forbidden is what a gate forbids in any of several traces.
func forbidden(cases []Case) []string {
	var all []string
	for _, c := range cases {
		for _, f := range c.Forbidden {
			all = append(all, "trace "+c.Report.TraceID+": "+f)
		}
	}
	return all
}

// commonNotes is each note once, with the number of traces that have it unless all do.
func commonNotes(cases []Case) []string {
	var notes []string
	n := map[string]int{}
	for _, c := range cases {
		for _, note := range c.Report.Notes {
			if n[note]++; n[note] == 1 {
				notes = append(notes, note)
			}
		}
	}
	for i, note := range notes {
		notes[i] = printable(note)
		if n[note] < len(cases) {
			notes[i] += fmt.Sprintf(" (in %s)", plural(n[note], "trace"))
		}
	}
	return notes
}
