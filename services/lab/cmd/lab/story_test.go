package main

import "testing"

// A step that is slower than the first one is seen to be slower.
func TestTimes(t *testing.T) {
	for factor, want := range map[float64]string{0.73: "0.7×", 1: "1.0×", 2.1: "2.1×", 14.4: "14×", 8240.2: "8240×"} {
		if got := times(factor); got != want {
			t.Errorf("times(%g) is %q, want %q", factor, got, want)
		}
	}
}
