package capacity

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"spanwise/lab/bench"
)

func exactly(v float64) Range { return Range{v, v, v} }

func someLine(fixed, each float64) Line { return Line{exactly(fixed), exactly(each)} }

// some are costs that are easy to compute with: a request has 10 spans.
var some = Costs{
	Machine: bench.Machine{CPU: "Some CPU", Cores: 2, System: "linux/amd64", Go: "go1.26", Date: "2026-11-20"},
	Commit:  "0123456", Size: "full", Seconds: 600, Rates: []int{200, 700}, Request: "GET /orders/10", Spans: 10,
	Parts: []Part{
		{everywhere, "order", perRequest, someLine(0.1, 500)}, {everywhere, "inventory", perRequest, someLine(0.1, 250)},
		{everywhere, "pricing", perRequest, someLine(0.1, 250)},
		{Kafka, agent, perSpan, someLine(0.05, 10)}, {Kafka, gateway, perSpan, someLine(0.05, 20)},
		{Kafka, jaeger, perSpan, someLine(0, 10)}, {Gateways, agent, perSpan, someLine(0.05, 30)},
	},
	Bytes:   Bytes{Wire: exactly(400), Queue: exactly(800), Kafka: exactly(100), Memory: exactly(1000), Badger: exactly(500)},
	Gateway: exactly(80_000_000),
	Checks:  []Check{newCheck(Kafka, 1000, []turn{{rate: 1000}}, together, "cores", 1.3, exactly(1)), newCheck(Kafka, 500, []turn{{rate: 500}}, "order", "cores", 0.9, exactly(1))},
}

// demand is 10,000 requests/s through Kafka with the defaults.
func demand() Demand {
	d := some.Default(Kafka)
	d.Rate = 10_000
	return d
}

// What 10,000 requests/s of 10 spans need, computed by hand.
func TestPlan(t *testing.T) {
	plan, err := some.Plan(demand())
	if err != nil {
		t.Fatal(err)
	}
	got := make(map[string]string)
	for _, r := range plan.Rows {
		got[r.Group+": "+r.Name] = amount(r.Value, r.Unit)
	}
	want := map[string]string{
		"traffic: spans":             "100,000 spans/s",
		"traffic: services → agents": "40 MB/s",
		"traffic: agents → Kafka":    "10 MB/s",
		"traffic: Kafka → gateways":  "10 MB/s",
		"traffic: to Jaeger":         "4 MB/s", // 10 %
		// 10,000 × 500 µs are 5 cores; each instance has 0.6, of which 0.1 are fixed.
		"processors: order":     "6 cores in 10 instances",
		"processors: inventory": "3 cores in 5 instances", // 2.5 cores and 5 × 0.1
		"processors: pricing":   "3 cores in 5 instances",
		"processors: agent":     "1.10 cores in 2 instances",  // 1 core ÷ 0.55
		"processors: gateway":   "2.20 cores in 4 instances",  // 2 cores ÷ 0.55
		"processors: jaeger":    "0.100 cores in 2 instances", // 10,000 spans/s; 2 so that one can fail
		"processors: all":       "15.4 cores",

		"agents: queue_size of each":          "30,000,000 spans", // 100,000 × 600 s ÷ 2
		"agents: disk of each, for the queue": "24 GB",
		"Kafka: partitions":                   "8",              // 2 for 10 MB/s, 8 for 4 gateways
		"Kafka: disk of all brokers":          "674 GB",         // (10 MB/s × 21,600 s + 8 × 1.07 GB) × 3
		"Kafka: disk of each broker":          "225 GB",         // there are 3
		"gateways: undecided traces":          "105,000 traces", // 10 s, and half a second

		"gateways: memory of these, all gateways": "1.05 GB", // 1,050,000 spans of 1 kB
		"gateways: num_traces of each":            "52,500 traces",
		"gateways: decision_cache of each":        "525,000 traces",
		"gateways: memory of each":                "742 MB",          // 2.1 GB ÷ 4, 525,000 × 130 B, and 80 MB
		"gateways: queue_size of each":            "1,500,000 spans", // 10,000 that are kept × 600 s ÷ 4
		"gateways: disk of each, for the queue":   "1.20 GB",
		"store: spans":                            "10,000 spans/s",
		"store: a day":                            "432 GB", // 10,000 × 86,400 × 500 B
		"store: 7 days":                           "3.02 TB",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
}

// An instance that is too small for its fixed part is an error, and so is a pipeline that was not measured.
func TestPlanErrors(t *testing.T) {
	d := demand()
	d.Cores = 0.1
	if _, err := some.Plan(d); err == nil || !strings.Contains(err.Error(), "raise -cores or -busy") {
		t.Errorf("got %v, want to raise -cores", err)
	}
	d = some.Default(Gateways)
	d.Rate = 1
	if _, err := some.Plan(d); err == nil || !strings.Contains(err.Error(), "was not measured") {
		t.Errorf("got %v, want that it was not measured", err)
	}
	if got := some.Measured(); !cmp.Equal(got, []string{Kafka}) {
		t.Errorf("measured: got %v, want kafka", got)
	}
}

// What is written can be read again; another file cannot.
func TestRead(t *testing.T) {
	file := filepath.Join(t.TempDir(), "capacity.json")
	if err := some.Write(file); err != nil {
		t.Fatal(err)
	}
	got, err := Read(file)
	if diff := cmp.Diff(some, got); diff != "" || err != nil {
		t.Errorf("%v, -want +got:\n%s", err, diff)
	}
	for _, text := range []string{"[]", "{}", `{"parts": [{}]}`} {
		if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		if _, err := Read(file); err == nil || !strings.Contains(err.Error(), "does not hold the figures") {
			t.Errorf("%s: got %v, want that it does not hold the figures", text, err)
		}
	}
	if _, err := Read(file + "x"); err == nil || !strings.Contains(err.Error(), "lab capacity -measure -json") {
		t.Errorf("got %v, want how to write it", err)
	}
}
