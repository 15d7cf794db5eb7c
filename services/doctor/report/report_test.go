package report_test

import (
	"bytes"
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"spanwise/doctor"
	"spanwise/doctor/read"
	"spanwise/doctor/report"
)

var update = flag.Bool("update", false, "write the current reports to testdata")

// books is a page of books with a separate call for each author. Its findings are written by hand: these tests are
// about how findings are shown, not how they are found.
func books(t testing.TB) report.Case {
	t.Helper()
	f, err := os.Open("testdata/books.json")
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	traces, err := read.All(f)
	if err != nil {
		t.Fatal(err)
	}
	tr := traces[0]
	calls := map[string][]string{}
	for _, s := range tr.Spans {
		calls[s.Attrs.Get("server.address")] = append(calls[s.Attrs.Get("server.address")], s.ID)
	}
	return report.Case{Trace: tr, Report: doctor.Report{
		TraceID: tr.ID, Root: doctor.Root{Service: "web", Operation: "GET /books", DurationUS: 412300}, Spans: len(tr.Spans),
		Findings: []doctor.Finding{
			{
				Kind: "n-plus-one", Service: "web", Operation: "GET /books", Callee: "authors", Count: 12, SpanIDs: calls["authors"],
				CriticalPathUS: 294100, CriticalPathShare: 0.7133, Saving: doctor.Saving{LowUS: 245000, HighUS: 270200, Basis: doctor.Structural}, AfterUS: 154700,
				Confidence: doctor.High, Evidence: doctor.Sufficient,
				Because: "12 calls of `GET /authors/{id}`, one after another, for 12 different ids: 290 ms in the calls and 4.4 ms between them. The list came just before, from GET /books of catalog.",
				Unless:  "an id is only known from the answer to the call before it.",
				Fix:     "ask for all authors in one call, or at least for 8 at a time.",
			},
			{
				Kind: "slow-dependency", Service: "web", Operation: "GET /books", Callee: "ratings", Count: 1, SpanIDs: calls["ratings"],
				CriticalPathUS: 61000, CriticalPathShare: 0.148, Saving: doctor.Saving{HighUS: 61000, Basis: doctor.Shared}, AfterUS: 142000,
				Confidence: doctor.Medium, Evidence: doctor.NeedsOtherTraces,
				Because: "61 ms of 412 ms were spent waiting for ratings, which failed.",
				Unless:  "it usually takes that long.", Fix: "give up earlier, or do without ratings.",
			},
		},
		AlsoSeen:     []doctor.Finding{{Kind: "dark-time", Service: "web", Operation: "GET /books", Confidence: doctor.Low, Because: "25 ms of `GET /books` before `render page` have no span."}},
		CriticalPath: []doctor.Step{{Service: "authors", Operation: "SELECT authors", EdgeTo: "postgresql", SelfUS: 249600, Share: 0.6054}},
		Notes:        []string{"2 spans arrived more than once; one copy was kept"},
	}}
}

// golden compares got with a file in testdata, or writes it.
func golden(t *testing.T, name string, got []byte) {
	t.Helper()
	file := filepath.Join("testdata", name)
	if *update {
		if err := os.WriteFile(file, got, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatalf("%v (try: go test -update)", err)
	}
	if diff := cmp.Diff(string(want), string(got)); diff != "" {
		t.Errorf("%s (-want +got):\n%s", file, diff)
	}
}

// Each form of the report on one trace matches its golden file.
func TestReports(t *testing.T) {
	c := []report.Case{books(t)}
	for name, write := range map[string]func(*bytes.Buffer) error{
		"books-60.txt": func(b *bytes.Buffer) error { return report.Terminal(b, c[0], report.Look{Width: 60}) },
		"books-100.txt": func(b *bytes.Buffer) error {
			return report.Terminal(b, c[0], report.Look{Width: 100, Source: []string{"books.json"}})
		},
		"books-200.txt": func(b *bytes.Buffer) error {
			return report.Terminal(b, c[0], report.Look{Width: 200, Source: []string{"my books.json"}})
		},
		"books-color.txt": func(b *bytes.Buffer) error { return report.Terminal(b, c[0], report.Look{Width: 100, Color: true}) },
		"books.json.txt":  func(b *bytes.Buffer) error { return report.JSON(b, c) },
		"books.md":        func(b *bytes.Buffer) error { return report.Markdown(b, c, report.Look{}) },
		"books-all.txt":   func(b *bytes.Buffer) error { return report.Terminal(b, c[0], report.Look{Width: 100, All: true}) },
		"books-all.md":    func(b *bytes.Buffer) error { return report.Markdown(b, c, report.Look{All: true}) },
		"books.html": func(b *bytes.Buffer) error {
			return report.HTML(b, c, report.Look{Source: []string{"books.json"}, Pages: "http://jaeger.example.com:16686/trace/"})
		},
	} {
		t.Run(name, func(t *testing.T) {
			var b bytes.Buffer
			if err := write(&b); err != nil {
				t.Fatal(err)
			}
			golden(t, name, b.Bytes())
		})
	}
}

// A section is the part of the page about one trace, with its own anchors.
func TestSection(t *testing.T) {
	c := books(t)
	var page, section bytes.Buffer
	if err := report.HTML(&page, []report.Case{c}, report.Look{}); err != nil {
		t.Fatal(err)
	}
	if err := report.Section(&section, c, report.Frame{}); err != nil {
		t.Fatal(err)
	}
	if !bytes.Contains(page.Bytes(), section.Bytes()) || !strings.HasPrefix(section.String(), "<section") {
		t.Errorf("got\n%s\nwant a part of\n%s", section.String(), page.String())
	}
	section.Reset()
	if err := report.Section(&section, c, report.Frame{N: 7}); err != nil || !strings.Contains(section.String(), `id="finding-7-1"`) {
		t.Errorf("section 7: got\n%s\n%v", section.String(), err)
	}
}

// The parts of a report, printed separately, are the report without its last lines.
func TestParts(t *testing.T) {
	c, look := books(t), report.Look{Width: 100}
	var whole, parts bytes.Buffer
	for _, write := range []func() error{
		func() error { return report.Terminal(&whole, c, look) },
		func() error { return report.Waterfall(&parts, c, look) },
		func() error { return report.Findings(&parts, c, look) },
	} {
		if err := write(); err != nil {
			t.Fatal(err)
		}
	}
	if rest, ok := bytes.CutPrefix(whole.Bytes(), parts.Bytes()); !ok || !bytes.HasPrefix(rest, []byte("Next: ")) {
		t.Errorf("parts:\n%s\nwhole:\n%s", parts.String(), whole.String())
	}
}
