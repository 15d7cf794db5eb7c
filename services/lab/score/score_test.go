package score

import (
	"encoding/json"
	"math"
	"strings"
	"testing"
	"time"

	"spanwise/doctor"
	"spanwise/doctor/trace"
	"spanwise/lab/bench"
	"spanwise/lab/scenario"
)

var (
	order   = scenario.Place{Service: "order"}
	planted = scenario.Gain{Whole: 100 * time.Microsecond}
	loop    = scenario.Scenario{ID: "loop", Number: 1, Fixed: scenario.Request{Method: "GET"}, Planted: planted,
		Want: scenario.Diagnosis{Kind: doctor.NPlusOne, Basis: doctor.Structural, Places: []scenario.Place{order}}}
	lock = scenario.Scenario{ID: "lock", Number: 2, Fixed: scenario.Request{Method: "GET"}, Planted: planted, Doubt: "locks leave no mark",
		Want: scenario.Diagnosis{Kind: doctor.QueueWait, Basis: doctor.Shared, Places: []scenario.Place{order}}}
	well  = scenario.Scenario{ID: "well", Number: 4}
	near  = scenario.Scenario{ID: "close", Number: 3, Near: doctor.NPlusOne}
	alarm = []scenario.Claim{{Kind: doctor.SlowSelf, Place: order}}
	quiet = scenario.Judgement{Right: true}
)

// beside is what a control took, three times the same.
func beside(slow, fixed time.Duration) map[string][]time.Duration {
	return map[string][]time.Duration{scenario.Slow: {slow, slow, slow}, scenario.Fixed: {fixed, fixed, fixed}}
}

// take makes a sample of a scenario's variant that took so long and was judged so.
func take(s scenario.Scenario, variant int, us int64, j scenario.Judgement) *sample {
	t := trace.New("1", []*trace.Span{{ID: "1", Service: "order", Duration: us}})
	return &sample{scenario: s, variant: s.Variants()[variant], Played: scenario.Played{Own: []*trace.Trace{t}},
		verdict: verdict{Judgement: j, durationUS: us, so: j.True, beside: j.Beside, alarms: j.False}}
}

func hit(k doctor.Kind, basis doctor.Basis, us int64) scenario.Judgement {
	return scenario.Judgement{Found: k, Kind: true, Right: true, Place: true, True: []scenario.Claim{{Kind: k, Place: order}},
		Basis: basis, Predicted: us, Cap: basis != doctor.Structural}
}

// scored are two runs: the loop is found twice, the lock once and without its place, and something healthy is maligned once.
func scored() Result {
	lockFound := hit(doctor.QueueWait, doctor.Shared, 400)
	lockFound.Place, lockFound.Beside = false, alarm
	return result(bench.Machine{}, 10, []*sample{
		take(loop, 0, 1000, hit(doctor.NPlusOne, doctor.Structural, 810)), take(loop, 1, 100, quiet),
		take(lock, 0, 500, lockFound), take(lock, 1, 200, quiet),
		take(near, 0, 20, quiet), take(well, 0, 10, quiet),
		take(loop, 0, 1000, hit(doctor.NPlusOne, doctor.Structural, 810)), take(loop, 1, 100, quiet),
		take(lock, 0, 500, scenario.Judgement{Found: doctor.NPlusOne, Unsaid: []string{"the work"}}), take(lock, 1, 200, quiet),
		take(near, 0, 20, quiet), take(well, 0, 10, scenario.Judgement{Found: doctor.SlowSelf, False: alarm}),
	}, besides{"loop": beside(9*time.Millisecond, 2*time.Millisecond)})
}

// The figures are what their definitions say: of findings, of slow requests, of those found, and of structural savings.
func TestResult(t *testing.T) {
	r := scored()
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
	if want := (Findings{True: 3, False: 1, Beside: 1}); r.Findings != want {
		t.Errorf("got %+v, want %+v", r.Findings, want)
	}
	if want := (Quiet{Played: 8, Alarmed: 1}); r.Quiet != want {
		t.Errorf("got %+v, want %+v", r.Quiet, want)
	}
	if want := (Savings{Structural: 1, Compared: 1, Alone: 1, WorstRun: 0.1, Caps: 1, Held: 1, LeastOfCap: 0.75, MostOfCap: 0.75, Shared: 1, Marked: 1}); r.Savings != want {
		t.Errorf("got %+v, want %+v", r.Savings, want)
	}
	var names []string
	for _, row := range r.Rows {
		names = append(names, row.ID+" "+row.Variant)
	}
	if got, want := strings.Join(names, ", "), "loop slow, loop fixed, lock slow, lock fixed, close near-miss, well healthy"; got != want {
		t.Errorf("got the rows %s, want %s", got, want)
	}
}

// What is missed is told, each of it.
func TestMissed(t *testing.T) {
	got := strings.Join(scored().Missed(), "\n")
	for _, want := range []string{
		"precision is 0.750", "recall is 0.750", "place accuracy is 0.667",
		"loop: a request beside it was slowed down too, by 7.00 ms",
	} {
		if !strings.Contains(got, want) {
			t.Errorf("got\n%s\nwant %q in it", got, want)
		}
	}
	bold := hit(doctor.QueueWait, doctor.Structural, 300)
	sold := result(bench.Machine{}, 10, []*sample{take(lock, 0, 500, bold), take(lock, 1, 200, quiet)}, nil)
	if got, want := strings.Join(sold.Missed(), "\n"), "1 of 1 savings of what is shared are not marked as upper bounds"; got != want {
		t.Errorf("got %q of a wait for a lock that is sold as a sure saving, want %q", got, want)
	}
	big := loop
	big.Planted = scenario.Gain{Whole: time.Second}
	r := result(bench.Machine{}, 10, []*sample{take(big, 0, 1000, hit(doctor.NPlusOne, doctor.Structural, 900)), take(big, 1, 100, quiet)}, nil)
	if got := strings.Join(r.Missed(), "\n"); got != "loop: what is planted did nothing, or not enough, in 1 of 1 runs" {
		t.Errorf("got %q of a fault that does less than it should", got)
	}
}

// To predict nothing, to bound loosely and to save nothing are misses too; what a scenario admits is told instead.
func TestMissedByRetreat(t *testing.T) {
	bound := hit(doctor.NPlusOne, doctor.Structural, 9000)
	bound.Cap = true
	admitted, felt := loop, loop
	admitted.Loose, felt.Felt = "it is loose", "few processors"
	for _, tt := range []struct {
		name         string
		of           scenario.Scenario
		said         scenario.Judgement
		usualUS      int64
		besides      besides
		missed, told string
	}{
		{"nothing predicted", loop, hit(doctor.NPlusOne, doctor.None, 0), 100, nil, "1 of 1 structural savings are not predicted at all", "loop: 0.90 ms of its 1.00 ms are more"},
		{"a loose bound", loop, bound, 100, nil, "loop: its cure saved 10 % of what", ""},
		{"a loose bound, admitted", admitted, bound, 100, nil, "", "an upper bound; it is loose"},
		{"nothing saved", loop, hit(doctor.NPlusOne, doctor.Structural, 900), 1000, nil, "structural savings is 100 %", ""},
		{"felt", loop, hit(doctor.NPlusOne, doctor.Structural, 900), 100, besides{"loop": beside(9*time.Millisecond, 0)}, "beside it was slowed down too", "no reason is known"},
		{"felt for a reason", felt, hit(doctor.NPlusOne, doctor.Structural, 900), 100, besides{"loop": beside(9*time.Millisecond, 0)}, "", "few processors"},
	} {
		r := result(bench.Machine{}, 10, []*sample{take(tt.of, 0, 1000, tt.said), take(tt.of, 1, tt.usualUS, quiet)}, tt.besides)
		missed := strings.Join(r.Missed(), "\n")
		if tt.missed == "" && missed != "" || !strings.Contains(missed, tt.missed) {
			t.Errorf("%s: got %q missed, want %q", tt.name, missed, tt.missed)
		}
		if told := strings.Join(r.remarks(), "\n"); !strings.Contains(told, tt.told) {
			t.Errorf("%s: got\n%s\nwant %q in it", tt.name, told, tt.told)
		}
	}
}

// What only other traces can tell is in no median, and the worst single run is told beside it.
func TestApart(t *testing.T) {
	bold := take(loop, 0, 1000, hit(doctor.NPlusOne, doctor.Structural, 450))
	bold.verdict.asked = true
	samples := []*sample{bold, take(loop, 1, 100, quiet)}
	for range 2 {
		samples = append(samples, take(loop, 0, 1000, hit(doctor.NPlusOne, doctor.Structural, 810)), take(loop, 1, 100, quiet))
	}
	r := result(bench.Machine{}, 3, samples, nil)
	if s := r.Savings; s.Helped != 1 || s.Compared != 1 || s.Alone != 0 || s.WorstRun != 0.5 || math.Abs(r.StructuralWorst-0.1) > 1e-9 || r.StructuralMedian != 0 {
		t.Errorf("got %+v, %v in the median, %v at worst, want it apart, off by 10 %%, and by 50 %% in one run", s, r.StructuralMedian, r.StructuralWorst)
	}
}

// An excuse that nobody needed is listed.
func TestUnneeded(t *testing.T) {
	lenient := loop
	lenient.Want.Also = []scenario.Also{{Kind: doctor.SlowSelf, Place: order, Why: "it computes"}}
	busy := hit(doctor.NPlusOne, doctor.Structural, 900)
	busy.Beside = alarm
	for said, want := range map[*scenario.Judgement]int{&quiet: 1, &busy: 0} {
		r := result(bench.Machine{}, 10, []*sample{take(lenient, 0, 1000, *said), take(lenient, 1, 100, quiet)}, nil)
		if got := len(r.Rows[0].Unneeded); got != want {
			t.Errorf("got %d excuses that were not needed, want %d", got, want)
		}
	}
}

// Whatever is not as it should be is to be played again, and nothing else.
func TestAmiss(t *testing.T) {
	lame := loop
	lame.Planted = scenario.Gain{Whole: time.Second}
	good := []*sample{take(loop, 0, 1000, hit(doctor.NPlusOne, doctor.Structural, 900)), take(loop, 1, 100, quiet)}
	for name, tt := range map[string]struct {
		slow, fixed *sample
		beside      time.Duration
		want        bool
	}{
		"nothing":        {good[0], good[1], 0, false},
		"a miss":         {take(loop, 0, 1000, scenario.Judgement{}), good[1], 0, true},
		"a false alarm":  {good[0], take(loop, 1, 100, scenario.Judgement{False: alarm}), 0, true},
		"a wrong saving": {take(loop, 0, 1000, hit(doctor.NPlusOne, doctor.Structural, 600)), good[1], 0, true},
		"a broken bound": {take(loop, 0, 1000, hit(doctor.NPlusOne, doctor.Shared, 600)), good[1], 0, true},
		"no gain":        {take(lame, 0, 1000, hit(doctor.NPlusOne, doctor.Structural, 900)), good[1], 0, true},
		"it is felt":     {good[0], good[1], time.Second, true},
	} {
		rows := result(bench.Machine{}, 1, []*sample{tt.slow, tt.fixed}, besides{"loop": beside(tt.beside, 0)}).Rows
		if got := len(amiss([]scenario.Scenario{well, loop}, rows)) == 1; got != tt.want {
			t.Errorf("%s: got %v, want %v", name, got, tt.want)
		}
	}
}

// The tables have a line for each scenario, and one for all that is healthy.
func TestTable(t *testing.T) {
	var text strings.Builder
	if err := Markdown(&text, scored()); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{
		"| loop | n-plus-one | 2/2 | 2/2 | 0 | 0.81 ms | 0.90 ms | 10 % | 2/2 |",
		"| lock | queue-wait | 1/2 (n-plus-one) | 0/1 | 0 | up to 0.40 ms | 0.30 ms | 75 % of it | 2/2 |",
		"| near-miss (1) | nothing | – | – | 0 | – | – | – | 2/2 |",
		"| healthy (1) | nothing | – | – | 0 | – | – | – | 1/2 |",
		"- false alarm in well, healthy: slow-self order (1×)",
		"- lock, slow: does not say the work (1×)",
		"- lock, slow: locks leave no mark",
	} {
		if !strings.Contains(text.String(), want) {
			t.Errorf("got\n%s\nwant %s in it", &text, want)
		}
	}
}

// The JSON has the published names, and null where there is no figure.
func TestJSON(t *testing.T) {
	text, err := json.Marshal(result(bench.Machine{}, 1, []*sample{take(well, 0, 10, quiet)}, nil))
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
