package score

import (
	"net/http"
	"testing"

	"spanwise/lab/blind"
	"spanwise/lab/jaeger"
	"spanwise/lab/scenario"
	"spanwise/lab/scenario/scenariotest"
	"spanwise/order/shoptest"
)

// Scenarios are played, read back and judged: one that a single trace tells, one that needs another trace's half or what
// is usual, one of a crowd, and healthy ones.
func TestRun(t *testing.T) {
	services := shoptest.Start(t, nil, true)
	var list []scenario.Scenario
	for _, id := range []string{"n-plus-one-list", "slow-dependency", "lock-around-a-query", "near-two-rows-each", "healthy-release"} {
		s, err := scenario.Find(id)
		if err != nil {
			t.Fatal(err)
		}
		list = append(list, s)
	}
	r, err := Run(t.Context(), Plan{
		Shop:      scenariotest.Shop(services),
		Jaeger:    jaeger.Through(scenariotest.Jaeger(t, services).URL, blind.Transport(http.DefaultTransport)),
		Scenarios: list, Runs: 1, Progress: t.Logf,
	})
	if err != nil {
		t.Fatal(err)
	}
	rows := map[string]Row{}
	for _, row := range r.Rows {
		rows[row.ID+" "+row.Variant] = row
	}
	for _, id := range []string{"n-plus-one-list slow", "slow-dependency slow", "lock-around-a-query slow"} {
		if row := rows[id]; row.Runs != 1 || row.RightRuns != 1 || row.PlaceRuns != 1 || row.GainedRuns != 1 || row.MeasuredUS == nil {
			t.Errorf("%s: got %+v, want it found, in its place, and measured", id, row)
		}
	}
	if n := rows["slow-dependency slow"].AskedRuns; n != 1 {
		t.Errorf("got %d runs in which other traces were needed to know what is usual, want 1", n)
	}
	for _, id := range []string{"n-plus-one-list fixed", "slow-dependency before", "near-two-rows-each near-miss", "healthy-release healthy"} {
		if row, played := rows[id]; !played || row.Found != nothing {
			t.Errorf("%s: got %+v, want it played and nothing found", id, row)
		}
	}
	if n := rows["healthy-release healthy"].Runs; n != 2 {
		t.Errorf("got %d healthy runs, want 2", n)
	}
}
