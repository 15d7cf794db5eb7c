package report

import "fmt"

// mostNotes is how many notes a report for people spells out. One more is not worth a line that says so.
const mostNotes = 5

// fewNotes are those that are spelled out, and how many more there are: a hundred clocks that are off are a hundred notes.
func fewNotes(notes []string) (few []string, rest int) {
	if len(notes) <= mostNotes+1 {
		return notes, 0
	}
	return notes[:mostNotes], len(notes) - mostNotes
}

func moreNotes(rest int) string { return fmt.Sprintf("and %s (see -json)", plural(rest, "more note")) }

// notes says what could not be read, was mended, or is assumed.
func (p *page) notes(notes []string) {
	few, rest := fewNotes(notes)
	for _, n := range few {
		p.paragraph(plain, "Note: ", n)
	}
	if rest > 0 {
		p.paragraph(plain, "Note: ", moreNotes(rest))
	}
	if len(notes) > 0 {
		p.line("")
	}
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
