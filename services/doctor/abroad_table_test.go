package doctor_test

import (
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"

	"spanwise/doctor"
)

// A target is what a set must reach. The place counts only where the kind is right.
type target struct{ kind, place, quiet, off float64 }

// targets are the sets' own; others have to reach otherTarget.
var (
	targets     = map[string]target{"go": {0.92, 0.95, 0.99, 0.10}}
	otherTarget = target{0.90, 0.95, 0.97, 0.10}
)

// missed lists the targets that a set does not reach. Nothing is missed where nothing was judged.
func (s abroad) missed() (list []string) {
	want, ok := targets[s.set]
	if !ok {
		want = otherTarget
	}
	atLeast := func(what string, got tally, want float64) {
		if got.all > 0 && got.share() < want {
			list = append(list, fmt.Sprintf("%s in %.3f of the traces, want at least %.2f", what, got.share(), want))
		}
	}
	atLeast("the right kind first", s.kind, want.kind)
	atLeast("the right place", s.place, want.place)
	atLeast("quiet", s.silent, want.quiet)
	if off := median(s.off); off > want.off {
		list = append(list, fmt.Sprintf("structural savings are off by %.0f %% in the median, want at most %.0f %%", off*100, want.off*100))
	}
	return list
}

func median(list []float64) float64 {
	if len(list) == 0 {
		return 0
	}
	list = slices.Sorted(slices.Values(list))
	return (list[(len(list)-1)/2] + list[len(list)/2]) / 2
}

// abroadTable is the score in Markdown, which is readable in a terminal too.
func abroadTable(sets []abroad, nezha map[string]tally) string {
	var b strings.Builder
	b.WriteString("| traces | right kind first | right place, of those | quiet where nothing is wrong | structural savings off by |\n" +
		"| --- | --- | --- | --- | --- |\n")
	for _, s := range sets {
		off := "–"
		if len(s.off) > 0 {
			off = fmt.Sprintf("%.0f %% (%d traces)", median(s.off)*100, len(s.off))
		}
		fmt.Fprintf(&b, "| %s | %s | %s | %s | %s |\n", s.set, s.kind, s.place, s.silent, off)
	}
	all, delay := nezha["all"], nezha["network_delay"]
	fmt.Fprintf(&b, "\nService at fault in the traces of Nezha: %s; of the network delays, %s.\n", all, delay)
	return b.String()
}

// writeAbroad writes the table into its place in a page.
func writeAbroad(t *testing.T, page, table string) {
	t.Helper()
	text, err := os.ReadFile(page)
	if err != nil {
		t.Fatal(err)
	}
	before, rest, begins := strings.Cut(string(text), "<!-- abroad: ")
	comment, rest, closes := strings.Cut(rest, "-->\n")
	_, after, ends := strings.Cut(rest, "<!-- end of abroad -->")
	if !begins || !closes || !ends {
		t.Fatalf("%s has no place for the table", page)
	}
	text = []byte(before + "<!-- abroad: " + comment + "-->\n\n" + table + "\n<!-- end of abroad -->" + after)
	if err := os.WriteFile(page, text, 0o644); err != nil {
		t.Fatal(err)
	}
}

// A verdict counts as right by what the truth allows, a healthy trace as quiet, and a missed target is named.
func TestAbroadCounts(t *testing.T) {
	var s abroad
	slow := truth{Kinds: []doctor.Kind{"n-plus-one"}, SavingMS: 100}
	found := func(kind doctor.Kind) doctor.Report {
		saving := doctor.Saving{LowUS: 100_000, HighUS: 140_000, Basis: doctor.Structural}
		return doctor.Report{Findings: []doctor.Finding{{Kind: kind, Service: "shop", Operation: "GET /cart", Saving: saving}}}
	}
	s.add(slow, place{"shop", "/cart", ""}, found("n-plus-one"))
	s.add(slow, place{"shop", "/", ""}, found("n-plus-one"))
	s.add(slow, place{}, found("slow-self"))
	s.add(slow, place{}, doctor.Report{})
	s.add(truth{}, place{}, doctor.Report{})
	s.add(truth{}, place{}, found("n-plus-one"))
	s.add(truth{Kinds: []doctor.Kind{"n-plus-one", ""}}, place{}, found("n-plus-one"))
	if s.kind != (tally{2, 4}) || s.place != (tally{1, 2}) || s.silent != (tally{2, 3}) || median(s.off) != 0.2 {
		t.Errorf("counted %+v", s)
	}
	if missed := s.missed(); len(missed) != 4 {
		t.Errorf("missed %q, want all four targets", missed)
	}
}
