package trace

import (
	"math"
	"testing"
)

// A span stands for the inverse of the share that was kept, if its trace state has a valid threshold.
func TestWeightOf(t *testing.T) {
	for state, want := range map[string]float64{
		"":                           0,
		"ot=th:0":                    1,
		"ot=th:8":                    2,
		"ot=th:c":                    4,
		"a=b, ot=rv:1;th:e666":       10,
		"ot=th:ffffffffffffff":       1 << 56,
		"congo=th:8":                 0,
		"ot=rv:88888888888888":       0,
		"ot=th:":                     0,
		"ot=th:-8":                   0,
		"ot=th:0x8":                  0,
		"ot=th:1000000000000000000f": 0,
	} {
		if got := WeightOf(state); math.Abs(got-want) > want/1000 {
			t.Errorf("%q: got %g, want %g", state, got, want)
		}
	}
}
