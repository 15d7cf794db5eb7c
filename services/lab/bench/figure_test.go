package bench

import (
	"encoding/json"
	"strings"
	"testing"
)

// A figure is the median with the lowest and the highest value, and meets a target that it equals.
func TestFigure(t *testing.T) {
	for _, test := range []struct {
		values []float64
		want   Figure
	}{
		{[]float64{3}, Figure{Value: 3, Low: 3, High: 3, N: 1}},
		{[]float64{4, 1, 2}, Figure{Value: 2, Low: 1, High: 4, N: 3}},
		{[]float64{9, 1, 2, 4}, Figure{Value: 3, Low: 1, High: 9, N: 4}},
	} {
		got := figure("", "", test.values...)
		if got != test.want {
			t.Errorf("%v: got %+v, want %+v", test.values, got, test.want)
		}
	}
	f := figure("", "ms", 1)
	if text, err := json.Marshal(f); err != nil || f.missed() || strings.Contains(string(text), "met") {
		t.Errorf("got %s and %v, want neither met nor missed without a target", text, err)
	}
	for name, test := range map[string]struct {
		got  Figure
		want bool
	}{
		"at most 1": {f.atMost(1), true}, "at most 0.9": {f.atMost(0.9), false}, "at least 1": {f.atLeast(1), true}, "at least 2": {f.atLeast(2), false},
	} {
		if met := test.got.Met; met == nil || *met != test.want || test.got.missed() == test.want {
			t.Errorf("1 is %s (%s): got %+v, want %v", name, test.got.Target, test.got, test.want)
		}
	}
}

// A ratio is that of neighbours: a machine that is half as fast for one turn does not change it.
func TestRatio(t *testing.T) {
	got := ratio("", []float64{2, 4, 2}, []float64{4, 8, 4})
	if got.Value != 0.5 || got.Low != 0.5 || got.High != 0.5 {
		t.Errorf("got %+v, want 0.5 in each turn", got)
	}
}

// A quantile is the smallest value that at least that fraction did not exceed (nearest rank).
func TestQuantile(t *testing.T) {
	var values []float64
	for i := range 20 {
		values = append(values, float64(20-i))
	}
	for q, want := range map[float64]float64{0: 1, 0.05: 1, 0.07: 2, 0.5: 10, 0.51: 11, 0.55: 11, 0.95: 19, 1: 20} {
		if got := quantile(values, q); got != want {
			t.Errorf("quantile %g of 1 to 20: got %g, want %g", q, got, want)
		}
	}
}
