package bench

import (
	"testing"

	"spanwise/lab/native"
)

// The comparison has a ratio for each program that both trees used, and none for one that did nothing.
func TestAgainstFigures(t *testing.T) {
	c, names := make(comparison), []string{ours, "d20e69b"}
	for i, name := range names {
		one := turn{answered: 1000, throughput: 300, used: usage{cpu: map[string]float64{native.Order: float64(1 + i), native.Jaeger: 0}}}
		for _, r := range turnRows(fair) {
			c.add(r.name, name, r.of(one))
		}
		for _, who := range append([]string{programs}, native.All...) {
			c.add(heldBy(who), name, 100)
		}
	}
	figures := againstFigures(c, names)
	ratios := make(map[string]float64)
	for _, f := range figures {
		if f.Column == "" && f.Unit == "×" {
			ratios[f.Name] = f.Value
		}
	}
	want := map[string]float64{"CPU of all programs, this tree to d20e69b": 0.5, "CPU of the services": 0.5, "CPU of order": 0.5}
	for name, value := range want {
		if ratios[name] != value {
			t.Errorf("%s: got %g, want %g", name, ratios[name], value)
		}
	}
	if len(ratios) != len(want) {
		t.Errorf("got the ratios %v, want none of programs that did nothing", ratios)
	}
	if !figures[0].missed() {
		t.Errorf("got %+v, want a target that is missed", figures[0])
	}
}
