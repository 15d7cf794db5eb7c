package capacity

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// A prediction that is off by more than a fifth is missed, and the page says so.
func TestMissed(t *testing.T) {
	if missed := some.Missed(); len(missed) != 1 || missed[0].String() != "all of these at 1,000 requests/s, pipeline kafka, is off by +30 %" {
		t.Errorf("got %v, want the one at 1,000 requests/s", missed)
	}
	text, err := some.Markdown()
	for _, want := range []string{"| kafka | 1,000 | all of these | 1.30 cores | 1 cores | +30 % **missed** |", "| kafka | 500 | order | 0.900 cores | 1 cores | -10 % |"} {
		if err != nil || !strings.Contains(text, want) {
			t.Errorf("%v: want %q in\n%s", err, want, text)
		}
	}
}

// A rate that was not reached is not checked, however well the prediction fits.
func TestNotReached(t *testing.T) {
	c := some
	c.Checks = []Check{newCheck(Direct, 1000, []turn{{rate: 480}, {rate: 490}, {rate: 900}}, "order", "cores", 1, exactly(1))}
	if got, want := c.Checks[0].String(), "order at 1,000 requests/s, pipeline direct, was not checked, because only 490 were answered"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
	text, err := c.Markdown()
	if want := "| direct | 1,000, of which 490 were answered | order | 1 cores | 1 cores | 0 % **missed** |"; err != nil || !strings.Contains(text, want) || len(c.Missed()) != 1 {
		t.Errorf("%v: want %q in\n%s", err, want, text)
	}
}

// The tables of the page are those of the committed figures: lab capacity -page docs/capacity.md writes them.
func TestPage(t *testing.T) {
	const docs = "../../../docs"
	costs, err := Read(filepath.Join(docs, "capacity.json"))
	if err != nil {
		t.Fatal(err)
	}
	want, err := costs.Markdown()
	if err != nil {
		t.Fatal(err)
	}
	text, err := os.ReadFile(filepath.Join(docs, "capacity.md"))
	if err != nil {
		t.Fatal(err)
	}
	got := regexp.MustCompile(`(?s)<!-- capacity: [^>]*-->\n\n(.*)\n<!-- end of capacity -->`).FindSubmatch(text)
	if got == nil {
		t.Fatal("docs/capacity.md has no place for the tables")
	}
	if diff := cmp.Diff(want, string(got[1])); diff != "" {
		t.Errorf("-want +got (lab capacity -page docs/capacity.md writes it):\n%s", diff)
	}
}
