package guide

import (
	"strings"
	"testing"

	"spanwise/internal/fault"
)

// Every parameter has an example that sets it.
func TestExample(t *testing.T) {
	for _, p := range fault.Parameters() {
		s, ok := Example(p)
		if !ok || !strings.Contains(s.Slow.Path, p.Name+"=") {
			t.Errorf("%s: got the example %q, want a request that sets it", p.Name, s.Slow)
		}
	}
	latency := fault.Info{Name: "latency", Values: []string{"pricing:200ms"}}
	if s, _ := Example(latency); parametersIn(s.Slow) != 1 {
		t.Errorf("latency: got the example %s, want one that sets nothing else", s.Slow)
	}
}
