package main

import (
	"bytes"
	"os"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// The package comment shows what the command prints today.
func TestPackageComment(t *testing.T) {
	const prompt = "//\t$ doctor books.json\n"
	doc, err := os.ReadFile("doc.go")
	if err != nil {
		t.Fatal(err)
	}
	before, shown, found := strings.Cut(string(doc), prompt)
	if !found {
		t.Fatalf("doc.go has no line %q", prompt)
	}
	shown, after, _ := strings.Cut(shown, "//\n// It exits")
	t.Chdir("../../report/testdata")
	var out, errs bytes.Buffer
	columns := func(key string) string { return map[string]string{"COLUMNS": "96"}[key] }
	if code := run(t.Context(), []string{"doctor", "books.json"}, strings.NewReader(""), &out, &errs, columns); code != ill {
		t.Fatalf("exit code %d, want %d: %s", code, ill, errs.String())
	}
	var printed strings.Builder
	for l := range strings.Lines(out.String()) {
		printed.WriteString(strings.TrimRight("//\t"+strings.TrimRight(l, "\n"), "\t") + "\n")
	}
	if diff := cmp.Diff(shown, printed.String()); diff != "" {
		t.Errorf("doc.go (-shown +printed):\n%s", diff)
	}
	if *update {
		t.Chdir("../../cmd/doctor")
		if err := os.WriteFile("doc.go", []byte(before+prompt+printed.String()+"//\n// It exits"+after), 0o644); err != nil {
			t.Fatal(err)
		}
	}
}

// What is to be typed next begins as this command did, where its name alone would not be found.
func TestNextIsCalledAlike(t *testing.T) {
	for called, want := range map[string]string{"doctor": "doctor", "bin/doctor": "bin/doctor", "/my bin/doctor": "'/my bin/doctor'"} {
		var out bytes.Buffer
		run(t.Context(), []string{called, "explain"}, strings.NewReader(""), &out, &out, func(string) string { return "" })
		if !strings.Contains(out.String(), "Next: "+want+" explain ") {
			t.Errorf("called as %q, it ends with %q", called, out.String()[max(out.Len()-50, 0):])
		}
	}
}
