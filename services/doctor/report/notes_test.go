package report

import (
	"fmt"
	"strings"
	"testing"

	"spanwise/doctor"
	"spanwise/doctor/trace"
)

// Every report for people shortens a long list of notes, unless only one note is over the limit.
func TestNotesFold(t *testing.T) {
	for n, want := range map[int]string{1: "", mostNotes + 1: "", mostNotes + 2: "and 2 more (see -all)", 100: "and 95 more (see -all)"} {
		var notes []string
		for i := range n {
			notes = append(notes, fmt.Sprintf("clock %d is off", i))
		}
		p := newPage(Look{Width: 80})
		p.notes("Note: ", notes)
		var m markdown
		m.notes("Note: ", notes)
		for form, text := range map[string]string{"text": p.String(), "Markdown": m.String()} {
			if lines := strings.Count(text, "Note: "); lines > mostNotes+1 || strings.Contains(text, " more (see -all)") != (want != "") || !strings.Contains(text, want) {
				t.Errorf("%d notes in %s: %d lines, want %q at the end:\n%s", n, form, lines, want, text)
			}
		}
		var page strings.Builder
		if err := HTML(&page, []Case{{Trace: trace.New("t", nil), Report: doctor.Report{Notes: notes}}}, Look{}); err != nil {
			t.Fatal(err)
		}
		if strings.Count(page.String(), " is off") != n || strings.Contains(page.String(), "<summary>and ") != (want != "") {
			t.Errorf("%d notes in HTML:\n%s", n, page.String())
		}
	}
}
