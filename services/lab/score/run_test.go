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

// Scenarios are played, read back and judged: one for which a single trace is enough, one that needs traces without the slowdown, one of
// several requests at once, a near miss and a healthy one.
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
		Shop:      scenariotest.Client(services),
		Jaeger:    jaeger.New(scenariotest.Jaeger(t, services).URL, blind.Transport(http.DefaultTransport)),
		Scenarios: list, Runs: 1, Progress: t.Logf,
	})
	if err != nil {
		t.Fatal(err)
	}
	rows := map[string]Row{}
	for _, row := range r.Rows {
		rows[row.ID+" "+row.Variant] = row
	}
	for _, id := range []string{"n-plus-one-list slow", "slow-dependency slow"} {
		if row := rows[id]; row.RightRuns == 0 || row.PlaceRuns == 0 || row.EffectRuns == 0 || row.MeasuredUS == nil {
			t.Errorf("%s: got %+v, want it found, in its place, and measured", id, row)
		}
	}
	if n := rows["slow-dependency slow"].OthersRuns; n == 0 {
		t.Error("got no run in which other traces were needed")
	}
	// A busy machine may make these fail, and then they are played again.
	for id, runs := range map[string]int{
		"n-plus-one-list fixed": 1, "slow-dependency before": 1, "lock-around-a-query slow": 1, "lock-around-a-query fixed": 1,
		"near-two-rows-each near-miss": 2, "healthy-release healthy": 2,
	} {
		if row := rows[id]; row.Runs < runs || row.DurationUS == 0 {
			t.Errorf("%s: got %d runs of %d µs, want at least %d", id, row.Runs, row.DurationUS, runs)
		}
	}
}
