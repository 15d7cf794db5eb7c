package guide

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"spanwise/doctor"
	"spanwise/internal/fault"
	"spanwise/lab/scenario"
	"spanwise/lab/setting"
)

var update = flag.Bool("update", false, "write the generated tables into the pages under docs")

const root = "../../.."

// The generated tables in docs match the code. Each stands in its page between two comments, as in
// <!-- parameters: … --> and <!-- end of parameters -->.
func TestTables(t *testing.T) {
	for _, table := range []struct{ name, page, want string }{
		{"parameters", "parameters.md", parameters()},
		{"catalogue", "catalogue.md", catalogue()},
		{"kinds", "doctor.md", kinds()},
		{"settings", "settings.md", setting.Table()},
		{"ports", "settings.md", setting.PortTable()},
	} {
		file := filepath.Join(root, "docs", table.page)
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		place := regexp.MustCompile(`(?s)<!-- ` + table.name + `: [^>]*-->\n(.*)<!-- end of ` + table.name + ` -->`).FindSubmatchIndex(text)
		if place == nil {
			t.Errorf("docs/%s has no place for the table %s", table.page, table.name)
			continue
		}
		got := string(text)
		want := got[:place[2]] + "\n" + table.want + "\n" + got[place[3]:]
		switch diff := cmp.Diff(want, got); {
		case diff == "":
		case !*update:
			t.Errorf("docs/%s (-want +got; make docs writes it):\n%s", table.page, diff)
		default:
			if err := os.WriteFile(file, []byte(want), 0o644); err != nil {
				t.Fatal(err)
			}
		}
	}
}

// pages lists the documents that people read first.
func pages(t *testing.T) []string {
	t.Helper()
	list, err := filepath.Glob(filepath.Join(root, "docs", "*.md"))
	if err != nil || len(list) == 0 {
		t.Fatalf("no pages in docs: %v", err)
	}
	return append(list, filepath.Join(root, "README.md"), filepath.Join(root, "CONTRIBUTING.md"))
}

var link = regexp.MustCompile(`\]\(([^):#]+)(#[^)]*)?\)`)

// Every relative link in the documents leads to a file.
func TestLinks(t *testing.T) {
	for _, page := range pages(t) {
		text, err := os.ReadFile(page)
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range link.FindAllStringSubmatch(string(text), -1) {
			if _, err := os.Stat(filepath.Join(filepath.Dir(page), m[1])); err != nil {
				t.Errorf("%s: the link to %s leads nowhere", filepath.Base(page), m[1])
			}
		}
	}
}

// The README stays short: details belong on a page of their own.
func TestREADME(t *testing.T) {
	text, err := os.ReadFile(filepath.Join(root, "README.md"))
	if err != nil {
		t.Fatal(err)
	}
	if n := len(strings.Fields(string(text))); n > 1300 {
		t.Errorf("the README has %d words, want at most 1,300", n)
	}
}

// ports are those of make up and docker compose.
var ports = map[string]int{"order": 8080, "inventory": 8081, "pricing": 8082}

// parameters is the table of the request parameters.
func parameters() string {
	var b strings.Builder
	b.WriteString("| parameter | values | what it does | example |\n| --- | --- | --- | --- |\n")
	for _, p := range fault.Parameters() {
		fmt.Fprintf(&b, "| `%s` | %s | %s | %s |\n", p.Name, values(p), p.Does, example(p))
	}
	return b.String()
}

// values lists a parameter's values. The first value of a choice is its default; any other parameter has no effect unless it is set.
func values(p fault.Info) string {
	text := "`" + strings.Join(p.Values, "` `") + "`"
	if !p.Choice {
		text = "none, " + text
	}
	return text
}

// example is a request that shows what a parameter does.
func example(p fault.Info) string {
	s, ok := Example(p)
	if !ok {
		return "–"
	}
	text := address(s.Slow)
	if s.Concurrency > 1 {
		text += fmt.Sprintf(", %d at once", s.Concurrency)
	}
	if s.Products > 0 {
		text += ", with a large catalogue"
	}
	return text
}

// address is a request's address as a person types it.
func address(r scenario.Request) string {
	text := fmt.Sprintf("`localhost:%d%s`", ports[r.To()], r.Path)
	if r.Method != "GET" {
		text = r.Method + " " + text
	}
	return text
}

// catalogue is the table of the slowdowns, with the number of scenarios that have none below it.
func catalogue() string {
	var b strings.Builder
	b.WriteString("| scenario | what it is | slow | fixed | expected finding |\n| --- | --- | --- | --- | --- |\n")
	nearMisses, healthy := 0, 0
	for _, s := range scenario.All() {
		switch {
		case s.Resembles != "":
			nearMisses++
			continue
		case s.Healthy():
			healthy++
			continue
		}
		fixed := "–"
		if !s.Fixed.IsZero() {
			fixed = address(s.Fixed)
		}
		fmt.Fprintf(&b, "| `%s` | %s | %s | %s | %s |\n", s.ID, s.Title, address(s.Slow), fixed, expected(s.Want))
	}
	fmt.Fprintf(&b, "\nThere are also %d near misses, which look like a slowdown and are not, and %d healthy requests. For these the doctor must report "+
		"nothing.\n", nearMisses, healthy)
	return b.String()
}

func expected(d scenario.Diagnosis) string {
	var places []string
	for _, p := range d.Places {
		places = append(places, p.String())
	}
	text := string(d.Kind) + " in " + strings.Join(places, ", ")
	if d.Mention {
		text += ", mentioned only"
	}
	return text
}

// kinds is the table of what the doctor can find.
func kinds() string {
	var b strings.Builder
	b.WriteString("| kind | what it is |\n| --- | --- |\n")
	for _, k := range doctor.Kinds() {
		fmt.Fprintf(&b, "| `%s` | %s |\n", k.Kind, k.Title)
	}
	return b.String()
}
