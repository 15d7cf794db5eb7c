package capacity

import (
	"strings"
	"testing"
	"time"
)

// The formulas are shown on request, and so is what was measured and what was not.
func TestText(t *testing.T) {
	plan, err := some.Plan(demand())
	if err != nil {
		t.Fatal(err)
	}
	formula := "10,000 requests/s × 500 µs"
	if text := plan.String(); strings.Contains(text, formula) || !strings.HasPrefix(text, "10,000 requests/s of 10 spans, pipeline kafka: 10 % of the traces are stored") {
		t.Errorf("got\n%s", text)
	}
	if text := plan.Explained(); !strings.Contains(text, formula) {
		t.Errorf("want %q in\n%s", formula, text)
	}
	text := plan.Sources()
	for _, want := range []string{"at commit 0123456, at 200, 700 requests/s", "up to 1,000 requests/s, were off by at most 30 %", "an instance of inventory, pricing, agent, gateway carries more"} {
		if !strings.Contains(text, want) {
			t.Errorf("want %q in\n%s", want, text)
		}
	}
}

// Bytes have decimal prefixes, and nothing has more digits than it deserves.
func TestAmount(t *testing.T) {
	for _, test := range []struct {
		value float64
		unit  string
		want  string
	}{
		{0, "B", "0 B"}, {388, "B", "388 B"}, {46_500_000, "B/s", "46.5 MB/s"}, {1e12, "B", "1 TB"}, {9.323e14, "B", "932 TB"},
		{0.0963, "cores", "0.0963 cores"}, {12, "", "12"}, {1234.5, "spans", "1,235 spans"}, {110.4, "cores", "110 cores"},
	} {
		if got := amount(test.value, test.unit); got != test.want {
			t.Errorf("%v %s: got %q, want %q", test.value, test.unit, got, test.want)
		}
	}
	for v, want := range map[float64]string{2156: "2,200", 143_999: "140,000", 87: "87"} {
		if got := significant(v); got != want {
			t.Errorf("%v: got %q, want %q", v, got, want)
		}
	}
}

// A rate that is below every measured one is marked as well, and so are instances that are too few.
func TestNotes(t *testing.T) {
	for _, test := range []struct {
		change func(*Demand)
		want   string // in what is said
		not    string
	}{
		{func(d *Demand) { d.Rate = 1 }, "an instance of order, inventory, pricing, agent, gateway, jaeger carries less here than was measured", "carries more"},
		{func(d *Demand) { d.Rate, d.Kept = 1000, 1 }, "were off by", "Extrapolated"}, // 500 in each instance
		{func(d *Demand) {}, "set their number with -agents", "Too few"},
		{func(d *Demand) { d.Agents = 10 }, "Measured on", "set their number with -agents"},
		{func(d *Demand) { d.Gateways = 2 }, "Too few instances: each gateway needs 1.05 cores, which is more than it may use.", ""}, // 1 and 0.05
		{func(d *Demand) { d.Pipeline = KafkaTwice }, "A second set of gateways is arithmetic, not measured", ""},
		{func(d *Demand) {}, "Assumed, not measured", "A second set"},
	} {
		d := demand()
		test.change(&d)
		plan, err := some.Plan(d)
		if err != nil {
			t.Fatal(err)
		}
		if text := plan.Sources(); !strings.Contains(text, test.want) || test.not != "" && strings.Contains(text, test.not) {
			t.Errorf("%s: want %q, and not %q, in\n%s", d, test.want, test.not, text)
		}
	}
}

// A time is in hours or minutes if that is a whole number.
func TestTimeOf(t *testing.T) {
	for d, want := range map[time.Duration]string{10 * time.Minute: "10 min", 90 * time.Second: "90 s", 6 * time.Hour: "6 h", 90 * time.Minute: "90 min", 500 * time.Millisecond: "0.500 s", 0: "0 s"} {
		if got := timeOf(d); got != want {
			t.Errorf("%v: got %q, want %q", d, got, want)
		}
	}
}
