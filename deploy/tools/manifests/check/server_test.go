//go:build linux

package check

import (
	"os"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"spanwise/tools/manifests/apiserver"
	"spanwise/tools/manifests/page"
)

// The API server refuses, accepts or warns of each faulty manifest as the file says, which the table in the documentation is made of.
func TestFaultyOnServer(t *testing.T) {
	server := apiserver.ForTest(t)
	var got strings.Builder
	for _, f := range readFaulty(t) {
		for _, document := range Documents([]byte(f.stream)) {
			if strings.Contains(string(document), "kind: Namespace\n") { // a dry run does not create it for the objects in it
				if _, _, err := server.Kubectl(t.Context(), document, "apply", "--server-side", "-f", "-"); err != nil {
					t.Fatal(err)
				}
			}
		}
		_, says, err := server.Kubectl(t.Context(), []byte(f.stream), "apply", "--server-side", "--dry-run=server", "-f", "-")
		t.Logf("%s: %s", f.name, says)
		verdict := "accepts"
		switch {
		case err != nil:
			verdict = "refuses"
		case strings.Contains(says, "Warning:"):
			verdict = "warns"
		}
		got.WriteString(f.name + " " + verdict + "\n")
	}
	if *page.Update {
		if err := os.WriteFile(verdicts, []byte(got.String()), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(verdicts)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), got.String()); diff != "" {
		t.Errorf("%s (run with -update if the difference is right): -want +got\n%s", verdicts, diff)
	}
}
