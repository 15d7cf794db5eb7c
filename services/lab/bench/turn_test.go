package bench

import (
	"math"
	"testing"
)

// The processor time is that of 1,000 requests, of the programs that are asked for.
func TestPer1000(t *testing.T) {
	after := usage{cpu: map[string]float64{"order": 4, "pricing": 1.5, "jaeger": 6}, bytes: 300, objects: 30}
	used := after.since(usage{cpu: map[string]float64{"order": 1, "pricing": 0.5, "jaeger": 1}, bytes: 100, objects: 10})
	one := turn{answered: 2000, used: used}
	if got := one.per1000("order", "pricing"); got != 2 || used.bytes != 200 || used.objects != 20 {
		t.Errorf("got %g s and %+v, want 2 s, 200 bytes and 20 objects", got, used)
	}
}

// All spans of accepted requests arrive if all are sampled, none if nothing is, and about a tenth if a tenth is.
func TestSpansOf(t *testing.T) {
	for _, test := range []struct {
		accepted, planned int
		share             float64
		want              bound
	}{
		{2000, 2000, 1, bound{24_000, math.Inf(1)}},
		{1990, 2000, 1, bound{23_880, math.Inf(1)}},
		{2000, 2000, 0, bound{0, 0}},
		{2500, 2500, 0.1, bound{12 * (250 - 75), 1.1 * 12 * (250 + 75)}}, // five standard deviations of 15
		{10, 10, 0.1, bound{0, 1.1 * 12 * (1 + 5*math.Sqrt(0.9))}},
	} {
		got := spansOf(test.accepted, test.planned, 12, test.share)
		if math.Abs(got.least-test.want.least) > 1e-6 || got.most != test.want.most && !(math.Abs(got.most-test.want.most) <= 1e-6) {
			t.Errorf("%d of %d accepted, a share of %g: got %+v, want %+v", test.accepted, test.planned, test.share, got, test.want)
		}
	}
}

// Spans that are missing in one turn miss a target.
func TestLost(t *testing.T) {
	c := make(comparison)
	for _, lost := range []float64{0, 24, 0} {
		c.add(lostAt(fair), ours, lost)
		c.add(lostAt(fair), "d20e69b", 0)
	}
	if f := c.lost([]string{ours, "d20e69b"}, fair); f.Value != 24 || !f.missed() {
		t.Errorf("got %+v, want 24 and a missed target", f)
	}
	if f := c.lost([]string{"d20e69b"}, fair); f.Value != 0 || f.missed() {
		t.Errorf("got %+v, want 0 and a target that is met", f)
	}
}
