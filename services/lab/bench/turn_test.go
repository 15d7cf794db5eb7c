package bench

import (
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
