package bench

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

var update = flag.Bool("update", false, "rewrite the golden files")

var machine = Machine{CPU: "Some CPU", Cores: 2, Memory: 16_000_000_000, System: "linux/amd64", Go: "go1.26", Date: "2026-11-20"}

// results have what a report can show: targets that are met and missed, notes, single values, and a table with columns.
var results = Results{
	{Part: "cost", Size: "full", Machine: machine, Commit: "0123456", Seconds: 470, Figures: Figures{
		ratio("throughput", []float64{80, 90, 70}, []float64{100, 100, 100}).atLeast(0.8),
		difference("p99", "ms", []float64{9, 12, 11}, []float64{8, 8, 8}).atMost(1).noting("at 500 requests/s"),
		figure("CPU", "s", 1.25, 1.5).in("no telemetry"),
		figure("CPU", "s", 1.75, 2).in("100 % sampled"),
		figure("throughput", "requests/s", 1234.5).in("no telemetry"),
	}},
	{Part: "lines", Size: "quick", Machine: machine, Commit: "0123456-dirty", Seconds: 3, Figures: lineFigures(someLines(), []int{1, 100})},
	{Part: "of an older version"},
}

func someLines() comparison {
	c := make(comparison)
	for _, f := range []fetched{
		{lineRow(1), "each", "", 1_500_000, 12, 9000}, {lineRow(1), "batch", "", 1_400_000, 12, 9000},
		{lineRow(100), "each", "", 90_000_000, 804, 600_000}, {lineRow(100), "batch", "", 3_000_000, 12, 12_000},
	} {
		f.addTo(c)
	}
	return c
}

// The report puts what has a target first, and marks what misses it.
func TestMarkdown(t *testing.T) {
	golden(t, "report.md", Markdown(results, "measurements.svg"))
}

// On a terminal, the columns are aligned, and no line is longer than what must be in it.
func TestString(t *testing.T) {
	ceiling := Result{Part: "ceiling", Size: "full", Machine: machine, Commit: "0123456", Seconds: 239, Figures: Figures{
		figure("requests that failed", "requests", 331).atMost(0).noting("59,669 traces and 716,028 spans were found; the services: 331 of 60000 requests " +
			"failed, most of them like this: GET http://127.0.0.1:8080/orders/10 answered 503 Service Unavailable"),
	}}
	golden(t, "report.txt", fmt.Sprintf("%v\n%v\n%v", results[0], results[1], ceiling))
}

// The picture has a panel for each measure, scaled to its highest value.
func TestPlot(t *testing.T) {
	var b strings.Builder
	if err := Plot(&b, results); err != nil {
		t.Fatal(err)
	}
	golden(t, "lines.svg", b.String())
	b.Reset()
	if err := Plot(&b, results[:1]); err != nil || b.Len() > 0 {
		t.Errorf("without lines: got %q and %v, want nothing", b.String(), err)
	}
}

func golden(t *testing.T, name, got string) {
	t.Helper()
	file := filepath.Join("testdata", name)
	if *update {
		if err := os.WriteFile(file, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), got); diff != "" {
		t.Errorf("%s is different (-want +got; -update writes it):\n%s", name, diff)
	}
}

// Numbers have commas between thousands, and otherwise three significant digits.
func TestNumber(t *testing.T) {
	for v, want := range map[float64]string{
		0: "0", 7: "7", 999: "999", 1000: "1,000", 1234567: "1,234,567", -1000: "-1,000", -100: "-100",
		0.5: "0.50", 0.0123: "0.012", 1.2345: "1.23", 12.34: "12.3", 123.6: "124", -123.6: "-124", -0.25: "-0.25",
	} {
		if got := number(v); got != want {
			t.Errorf("%v: got %s, want %s", v, got, want)
		}
	}
}
