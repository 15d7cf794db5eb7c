package check

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"k8s.io/component-base/version"

	"spanwise/tools/manifests/page"
)

// A faulty manifest says on its first line what is wrong, on its second what must be said about it, and holds nothing else that is
// wrong.
type faulty struct{ name, what, says, stream string }

func readFaulty(t *testing.T) []faulty {
	t.Helper()
	files, err := filepath.Glob("testdata/faulty/*.yaml")
	if err != nil || len(files) == 0 {
		t.Fatalf("there are no faulty manifests: %v", err)
	}
	var all []faulty
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		lines := strings.SplitN(string(text), "\n", 3)
		what, isComment := strings.CutPrefix(lines[0], "# ")
		says, isSays := strings.CutPrefix(lines[1], "# says: ")
		if !isComment || !isSays {
			t.Fatalf("%s does not begin with the lines \"# WHAT IS WRONG\" and \"# says: TEXT\"", file)
		}
		all = append(all, faulty{strings.TrimSuffix(filepath.Base(file), ".yaml"), what, says, string(text)})
	}
	return all
}

// verdicts says what an API server does with each faulty manifest. TestFaultyOnServer writes it.
const verdicts = "testdata/apiserver.txt"

// Every faulty manifest is refused, with the text that it asks for, and by one rule.
func TestFaulty(t *testing.T) {
	for _, f := range readFaulty(t) {
		t.Run(f.name, func(t *testing.T) {
			faults, _ := All([]byte(f.stream), Known{})
			if !slices.ContainsFunc(faults, func(fault Fault) bool { return strings.Contains(fault.String(), f.says) }) {
				t.Errorf("%s Got %d faults, and none says %q:", f.what, len(faults), f.says)
			}
			for _, fault := range faults {
				if fault.Rule != faults[0].Rule {
					t.Errorf("something else is wrong too:")
				}
				t.Log(fault.Rule, fault)
			}
		})
	}
}

// The documentation lists the faulty manifests, and who refuses them.
func TestFaultyTable(t *testing.T) {
	text, err := os.ReadFile(verdicts)
	if err != nil {
		t.Fatal(err)
	}
	server := map[string]string{}
	for line := range strings.Lines(string(text)) {
		name, verdict, _ := strings.Cut(strings.TrimSpace(line), " ")
		server[name] = verdict
	}
	var rows [][]string
	count := map[string]int{}
	for _, f := range readFaulty(t) {
		faults, _ := All([]byte(f.stream), Known{})
		if len(faults) == 0 || server[f.name] == "" {
			t.Fatalf("%s: there are %d faults, and %s says %q about it: run make manifests-server UPDATE=1",
				f.name, len(faults), verdicts, server[f.name])
		}
		rows = append(rows, []string{"`" + f.name + "`", f.what, string(faults[0].Rule), server[f.name]})
		count[string(faults[0].Rule)]++
		count[server[f.name]]++
	}
	slices.SortStableFunc(rows, func(a, b []string) int { return strings.Compare(b[2], a[2]) })
	page.Compare(t, "faults", fmt.Sprintf("Of %d faulty manifests, the rules of Kubernetes %s find %d, and our checks the other %d. "+
		"The API server of that version refuses %d, warns of %d, and accepts %d.\n\n", len(rows), version.DefaultKubeBinaryVersion,
		count[string(Kubernetes)], count[string(Ours)], count["refuses"], count["warns"], count["accepts"])+
		page.Table([]string{"manifest", "what is wrong", "found by", "an API server"}, rows))
}
