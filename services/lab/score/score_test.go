package score

import (
	"encoding/json"
	"math"
	"strings"
	"testing"

	"spanwise/doctor"
	"spanwise/doctor/trace"
	"spanwise/lab/bench"
	"spanwise/lab/scenario"
)

// of makes a sample that took so long and was judged so.
func of(s scenario.Scenario, v scenario.Variant, us int64, j scenario.Judgement) *sample {
	t := trace.New("1", []*trace.Span{{ID: "1", Duration: us}})
	return &sample{scenario: s, variant: v, traces: []*trace.Trace{t},
		verdict: verdict{Judgement: j, durationUS: us, true: j.True, alarms: j.False}}
}

// The figures are what their definitions say: of findings, of slow requests, of those found, and of structural savings.
func TestResult(t *testing.T) {
	loop := scenario.Scenario{ID: "loop", Want: scenario.Diagnosis{Kind: doctor.NPlusOne, Basis: doctor.Structural}}
	lock := scenario.Scenario{ID: "lock", Want: scenario.Diagnosis{Kind: doctor.QueueWait, Basis: doctor.Shared}, Doubt: "locks leave no mark"}
	well := scenario.Scenario{ID: "well"}
	slow := func(s scenario.Scenario) scenario.Variant { return scenario.Variant{Name: "slow", Want: s.Want} }
	fixed, healthy := scenario.Variant{Name: "fixed"}, scenario.Variant{Name: "healthy"}
	alarm := []doctor.Finding{{Kind: doctor.SlowSelf, Service: "order"}}
	hit := func(us int64) scenario.Judgement {
		return scenario.Judgement{Found: doctor.NPlusOne, Right: true, Place: true, True: 1, Predicted: us}
	}
	r := result(bench.Machine{}, 2, []*sample{
		of(loop, slow(loop), 1000, hit(810)), of(loop, fixed, 100, scenario.Judgement{Right: true}),
		of(lock, slow(lock), 500, scenario.Judgement{Found: doctor.QueueWait, Right: true, True: 1, Predicted: 400, Cap: true}),
		of(lock, fixed, 200, scenario.Judgement{Right: true}),
		of(well, healthy, 10, scenario.Judgement{Right: true}),
		of(loop, slow(loop), 1000, hit(810)), of(loop, fixed, 100, scenario.Judgement{Right: true}),
		of(lock, slow(lock), 500, scenario.Judgement{}), of(lock, fixed, 200, scenario.Judgement{Right: true}),
		of(well, healthy, 10, scenario.Judgement{Found: doctor.SlowSelf, False: alarm}),
	})
	for name, figure := range map[string][2]float64{
		"precision":      {r.Precision, 3.0 / 4},
		"recall":         {r.Recall, 3.0 / 4},
		"place accuracy": {r.PlaceAccuracy, 2.0 / 3},
		"median error":   {r.StructuralMedian, 0.1},
		"worst error":    {r.StructuralWorst, 0.1},
	} {
		if math.Abs(figure[0]-figure[1]) > 1e-9 {
			t.Errorf("%s: got %v, want %v", name, figure[0], figure[1])
		}
	}
	var names []string
	for _, row := range r.Rows {
		names = append(names, row.ID+" "+row.Variant)
	}
	if got, want := strings.Join(names, ", "), "loop slow, loop fixed, lock slow, lock fixed, well healthy"; got != want {
		t.Errorf("got the rows %s, want %s", got, want)
	}
	if got := len(r.Missed()); got != 3 {
		t.Errorf("got the missed targets %q, want precision, recall and place accuracy", r.Missed())
	}
	var text strings.Builder
	if err := Markdown(&text, r); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{
		"| loop | slow | 1.00 ms | n-plus-one | n-plus-one | 2/2 | 2/2 | 0.81 ms | 0.90 ms | 10 % | 0 |",
		"| lock | slow | 0.50 ms | queue-wait | nothing | 1/2 | 0/2 | up to 0.40 ms | 0.30 ms | – | 0 |",
		"- false alarm in well, healthy: slow-self order (1×)",
		"- lock, slow: locks leave no mark",
	} {
		if !strings.Contains(text.String(), want) {
			t.Errorf("got\n%s\nwant %s in it", &text, want)
		}
	}
}

// The JSON has the published names, and null where there is no figure.
func TestJSON(t *testing.T) {
	s := scenario.Scenario{ID: "well"}
	text, err := json.Marshal(result(bench.Machine{}, 1, []*sample{of(s, scenario.Variant{Name: "healthy"}, 10, scenario.Judgement{Right: true})}))
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{
		`"precision":1,"recall":1,"place_accuracy":1,"structural_saving_median_error":0`,
		`"scenarios":[{"id":"well","variant":"healthy","expected":"nothing","found":"nothing","place_right":false,"predicted_us":null,"measured_us":null,"runs":1`,
	} {
		if !strings.Contains(string(text), want) {
			t.Errorf("got\n%s\nwant %s in it", text, want)
		}
	}
}
