package doctor_test

import (
	"strings"
	"testing"

	"spanwise/doctor"
	"spanwise/doctor/trace/tracetest"
)

// Every kind of the contract has one rule, which explains itself in full: what it looks for, what it saves, what can mislead it, and a
// trace that has it.
func TestKindsExplainThemselves(t *testing.T) {
	contract := []doctor.Kind{
		doctor.NPlusOne, doctor.SerialCalls, doctor.RepeatedCalls, doctor.SlowDependency, doctor.SlowSelf, doctor.EdgeWait,
		doctor.ColdConnect, doctor.QueueWait, doctor.PoolWait, doctor.RetryStorm, doctor.CallerGaveUp, doctor.DarkTime,
		doctor.BrokenPropagation, doctor.ClockSkew, doctor.OverFetch, doctor.Pagination, doctor.DetachedWork, doctor.ErrorOrigin,
	}
	explained := map[doctor.Kind]doctor.KindInfo{}
	for _, k := range doctor.Kinds() {
		if _, twice := explained[k.Kind]; twice {
			t.Errorf("%s has two rules", k.Kind)
		}
		explained[k.Kind] = k
	}
	for _, kind := range contract {
		k, ok := explained[kind]
		if !ok {
			t.Errorf("%s has no rule", kind)
			continue
		}
		if k.Title == "" || !strings.Contains(k.Doc, "\nSaving: ") || !strings.Contains(k.Doc, "\nWhat can mislead it: ") {
			t.Errorf("%s does not say all that a rule must: %q\n%s", kind, k.Title, k.Doc)
		}
		if traces, err := tracetest.Parse(k.Example); err != nil || len(traces) == 0 {
			t.Errorf("%s has no example that can be read: %v", kind, err)
		}
	}
	if len(explained) != len(contract) {
		t.Errorf("%d kinds have rules, the contract has %d", len(explained), len(contract))
	}
}
