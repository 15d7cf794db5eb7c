package doctor_test

import (
	"strings"
	"testing"

	"spanwise/doctor"
	"spanwise/doctor/trace/tracetest"
)

// Each rule explains itself in full: what it looks for, what it saves, what can mislead it, and a trace that has it. There is one for each
// kind that was ever published, because programs rely on them.
func TestKindsExplainThemselves(t *testing.T) {
	published := []doctor.Kind{
		"n-plus-one", "serial-calls", "repeated-calls", "slow-dependency", "slow-self", "edge-wait",
		"cold-connect", "queue-wait", "pool-wait", "retry-storm", "caller-gave-up", "dark-time",
		"broken-propagation", "clock-skew", "over-fetch", "pagination", "detached-work", "error-origin",
	}
	seen := map[doctor.Kind]bool{}
	for _, k := range doctor.Kinds() {
		if seen[k.Kind] {
			t.Errorf("%s has two rules", k.Kind)
		}
		seen[k.Kind] = true
		if k.Lead == "" || k.Title == "" || !strings.Contains(k.Doc, "\nSaving: ") || !strings.Contains(k.Doc, "\nWhat can mislead it: ") {
			t.Errorf("%s does not say all that a rule must: %q, %q\n%s", k.Kind, k.Lead, k.Title, k.Doc)
		}
		if traces, err := tracetest.Parse(k.Example); err != nil || len(traces) == 0 {
			t.Errorf("%s has no example that can be read: %v", k.Kind, err)
		}
	}
	for _, kind := range published {
		if !seen[kind] {
			t.Errorf("%s has no rule", kind)
		}
	}
}
