package read_test

import (
	"bytes"
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/rogpeppe/go-internal/txtar"

	"spanwise/doctor/read"
	"spanwise/doctor/trace"
)

var update = flag.Bool("update", false, "write the spans that the inputs in testdata give now")

// samples are the inputs in testdata, by name.
func samples(t testing.TB) map[string]*txtar.Archive {
	t.Helper()
	files, err := filepath.Glob("testdata/*.txtar")
	if err != nil || len(files) == 0 {
		t.Fatalf("%d samples, %v", len(files), err)
	}
	all := map[string]*txtar.Archive{}
	for _, file := range files {
		a, err := txtar.ParseFile(file)
		if err != nil {
			t.Fatal(err)
		}
		all[strings.TrimSuffix(filepath.Base(file), ".txtar")] = a
	}
	return all
}

// Every form of spans is read whole: spans, relations, times, errors, attributes, events, and notes about what is missing.
func TestForms(t *testing.T) {
	for name, a := range samples(t) {
		t.Run(name, func(t *testing.T) {
			got := describe(read.All(bytes.NewReader(a.Files[0].Data)))
			if *update {
				a.Files = append(a.Files[:1], txtar.File{Name: "spans", Data: []byte(got)})
				if err := os.WriteFile("testdata/"+name+".txtar", txtar.Format(a), 0o644); err != nil {
					t.Fatal(err)
				}
				return
			}
			if len(a.Files) != 2 {
				t.Fatalf("%d files in the archive, want input and spans (go test ./services/doctor/read -update adds the latter)", len(a.Files))
			}
			if diff := cmp.Diff(string(a.Files[1].Data), got); diff != "" {
				t.Errorf("spans (-want +got):\n%s", diff)
			}
		})
	}
}

// describe writes traces as text, a line for each span, attribute, event and note.
func describe(traces []*trace.Trace, err error) string {
	var b strings.Builder
	if err != nil {
		fmt.Fprintf(&b, "error: %v\n", err)
	}
	for _, tr := range traces {
		fmt.Fprintf(&b, "trace %s\n", tr.ID)
		for _, s := range tr.Spans {
			fmt.Fprintf(&b, "%s", s.ID)
			if s.ParentID != "" {
				fmt.Fprintf(&b, " under %s", s.ParentID)
			}
			fmt.Fprintf(&b, " %s@%s: %s %s +%d %d µs", s.Service, s.Host, s.Name, kinds[s.Kind], s.Start-tr.Spans[0].Start, s.Duration)
			if s.Error {
				b.WriteString(" failed")
			}
			if s.Dropped > 0 {
				fmt.Fprintf(&b, " dropped %d", s.Dropped)
			}
			b.WriteByte('\n')
			attributes(&b, "\t", s.Attrs)
			for _, e := range s.Events {
				fmt.Fprintf(&b, "\tevent %s +%d µs\n", e.Name, e.Time-tr.Spans[0].Start)
				attributes(&b, "\t\t", e.Attrs)
			}
			for _, l := range s.Links {
				fmt.Fprintf(&b, "\tlink %s %s\n", l.TraceID, l.SpanID)
			}
		}
		for _, n := range tr.Notes {
			fmt.Fprintf(&b, "note: %s\n", n)
		}
	}
	return b.String()
}

var kinds = map[trace.Kind]string{trace.Unknown: "unknown", trace.Internal: "internal", trace.Server: "server", trace.Client: "client",
	trace.Producer: "producer", trace.Consumer: "consumer"}

func attributes(b *strings.Builder, indent string, attrs trace.Attrs) {
	for _, a := range attrs {
		fmt.Fprintf(b, "%s%s = %q\n", indent, a.Key, a.Value)
	}
}

// Compressed, and after a byte order mark, every form gives the same.
func TestFormsCompressed(t *testing.T) {
	for name, a := range samples(t) {
		input := string(a.Files[0].Data)
		want := describe(read.All(strings.NewReader(input)))
		for wrapping, wrapped := range map[string]string{"gzip": zip(t, input), "zstd": zstandard(t, input), "zstd in gzip": zip(t, zstandard(t, input)), "bom": "\xef\xbb\xbf" + input} {
			if diff := cmp.Diff(want, describe(read.All(strings.NewReader(wrapped)))); diff != "" {
				t.Errorf("%s, %s (-plain +wrapped):\n%s", name, wrapping, diff)
			}
		}
	}
}

// The colours of a terminal do not matter.
func TestColours(t *testing.T) {
	input := string(samples(t)["js-console"].Files[0].Data)
	coloured := strings.NewReplacer("'0af", "\x1b[32m'0af", "19c'", "19c'\x1b[39m", "undefined", "\x1b[90mundefined\x1b[39m", "300.4", "\x1b[1;33m300.4\x1b[0m").Replace(input)
	if diff := cmp.Diff(describe(read.All(strings.NewReader(input))), describe(read.All(strings.NewReader(coloured)))); diff != "" {
		t.Errorf("(-plain +coloured):\n%s", diff)
	}
}

// Wherever an input is cut, it is rejected, or read with a note in each trace that it was cut, or the cut is between two objects.
func TestFormsCutAnywhere(t *testing.T) {
	for name, a := range samples(t) {
		input := strings.TrimSpace(string(a.Files[0].Data))
		for i := 0; i < len(input); i += 1 + i%3 {
			if !betweenObjects(input, i) && silent(input[:i]) {
				t.Errorf("%s cut to %d bytes: neither an error nor a note:\n…%s", name, i, input[max(0, i-80):i])
				break
			}
		}
	}
}

// betweenObjects reports whether a cut cannot be detected: the last line that is left is complete, or has nothing of an object yet.
func betweenObjects(input string, i int) bool {
	last := input[strings.LastIndexByte(input[:i], '\n')+1 : i]
	_, text, named := strings.Cut(last, "| ")
	if !named {
		text = last
	}
	document := strings.HasPrefix(input, "{\"") || input[0] != '{' && input[0] != '['
	return document && (input[i] == '\n' && strings.HasPrefix(text, "{") || json.Valid([]byte(text)) || text == "}" || !strings.ContainsAny(text, "{}[]") && !strings.HasPrefix(text, " "))
}
