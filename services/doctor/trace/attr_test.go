package trace

import "testing"

// Each meaning has a bit of its own.
func TestMeaningsFit(t *testing.T) {
	if meanings > 63 {
		t.Errorf("there are %d meanings, but Span.has has bits for 63", meanings)
	}
}
