// Package page keeps tables in the documentation equal to what tests find out. `go test -update` writes them.
package page

import (
	"flag"
	"os"
	"path/filepath"
	"regexp"
	"runtime"
	"slices"
	"strings"
	"testing"
)

// Update is set if the tests should write what they find out instead of comparing it.
var Update = flag.Bool("update", false, "write the tables in docs/kubernetes-checks.md and the other files that tests compare")

// Compare requires that the page holds text between <!-- NAME: … --> and <!-- end of NAME -->, or writes it there.
func Compare(t *testing.T, name, text string) {
	t.Helper()
	_, here, _, _ := runtime.Caller(0)
	file := filepath.Join(filepath.Dir(here), "../../../../docs/kubernetes-checks.md")
	content, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	place := regexp.MustCompile(`(?s)<!-- ` + name + `: [^>]*-->\n(.*)<!-- end of ` + name + ` -->`).FindSubmatchIndex(content)
	switch {
	case place == nil:
		t.Fatalf("%s has no place for a table: a line <!-- %s: … --> and a line <!-- end of %s -->", file, name, name)
	case string(content[place[2]:place[3]]) == text:
	case *Update:
		if err := os.WriteFile(file, slices.Concat(content[:place[2]], []byte(text), content[place[3]:]), 0o644); err != nil {
			t.Fatal(err)
		}
	default:
		t.Errorf("the table %q of docs/kubernetes-checks.md is out of date (run go test with -update). It should be:\n%s", name, text)
	}
}

// Table returns a table in Markdown.
func Table(head []string, rows [][]string) string {
	var b strings.Builder
	line := func(cells []string) { b.WriteString("| " + strings.Join(cells, " | ") + " |\n") }
	line(head)
	b.WriteString(strings.Repeat("| --- ", len(head)) + "|\n")
	for _, row := range rows {
		line(row)
	}
	return b.String()
}
