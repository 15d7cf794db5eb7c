package scale

import (
	"strings"
	"testing"

	"spanwise/lab/bench"
)

// Costs are compared with those of the first arrangement in the same round, and the table has the medians.
func TestCompare(t *testing.T) {
	round := func(one, two float64) []Cost {
		return []Cost{
			{Arrangement: "one", CPU: map[string]float64{"otelcol": one / 2, "jaeger": one / 2}, Stored: 1000, Kept: 1000},
			{Arrangement: "two", CPU: map[string]float64{"otelcol": two}, Stored: 120, Kept: 118},
		}
	}
	list := Compare([][]Cost{round(100, 120), round(200, 260), round(400, 440)})
	if got := bench.Median(list[1].CPU); got != 1.2 {
		t.Errorf("got a ratio of %v, want the median of 1.2, 1.3 and 1.1", got)
	}
	report := CostReport{Comparisons: list}
	for _, text := range []string{report.String(), report.Markdown()} {
		for _, want := range []string{"260 ms", "1.20 × (1.10 to 1.30)", "0.12 ×", "120 B", "118", "jaeger 100, otelcol 100"} {
			if !strings.Contains(text, want) {
				t.Errorf("got\n%s\nwant %q in it", text, want)
			}
		}
	}
}

// Tail sampling keeps about 11 % of the load that the costs are measured with.
func TestCostMix(t *testing.T) {
	var wanted int
	for n := range 10_000 {
		if gateways.wants(traceOf(uint64(n), costMix(n))) {
			wanted++
		}
	}
	if wanted < 990 || wanted > 1190 {
		t.Errorf("%d of 10,000 traces are kept, want about 1,090", wanted)
	}
}

// A target is missed if the median of the rounds is above it. What was not measured is left out.
func TestTargets(t *testing.T) {
	round := func(gatewayCPU, stored float64) []Cost {
		return []Cost{
			{Arrangement: Compared[0].Name, CPU: map[string]float64{"otelcol": 100}, Stored: 1000},
			{Arrangement: gateways.Name, CPU: map[string]float64{"gateway": gatewayCPU}, Stored: stored},
		}
	}
	got := checked(Compare([][]Cost{round(129, 190), round(500, 210), round(110, 230)}))
	want := "- gateways to one Collector, all kept, CPU: 1.29 × (1.10 to 5.00), at most 1.3, met\n" +
		"- gateways to one Collector, all kept, bytes stored: 0.21 × (0.19 to 0.23), at most 0.2, **missed**\n"
	if got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
}
