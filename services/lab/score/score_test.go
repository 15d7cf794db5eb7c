package score

import (
	"encoding/json"
	"fmt"
	"math"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"spanwise/doctor"
	"spanwise/doctor/trace"
	"spanwise/lab/bench"
	"spanwise/lab/scenario"
)

var (
	order   = scenario.Place{Service: "order"}
	planted = scenario.Effect{Duration: 100 * time.Microsecond}
	loop    = scenario.Scenario{ID: "loop", Fixed: scenario.Request{Method: "GET"}, MinEffect: planted,
		Want: scenario.Diagnosis{Kind: "n-plus-one", Basis: doctor.Structural, Places: []scenario.Place{order}}}
	lock = scenario.Scenario{ID: "lock", Fixed: scenario.Request{Method: "GET"}, MinEffect: planted,
		Limitations: scenario.Limitations{KnownWrong: "locks leave no mark"},
		Want:        scenario.Diagnosis{Kind: "queue-wait", Basis: doctor.Shared, Places: []scenario.Place{order}}}
	well  = scenario.Scenario{ID: "well"}
	near  = scenario.Scenario{ID: "close", Resembles: "n-plus-one"}
	alarm = []scenario.Claim{{Kind: "slow-self", Place: order}}
	quiet = scenario.Judgement{Right: true}
)

// withLoop is how long three controls took at the same time as the loop and its fix.
func withLoop(slow, fixed time.Duration) controls {
	return controls{{loop.ID, scenario.Slow}: {slow, slow, slow}, {loop.ID, scenario.Fixed}: {fixed, fixed, fixed}}
}

// take makes a sample of a scenario's variant with a duration and a judgement.
func take(s scenario.Scenario, variant int, us trace.Micros, j scenario.Judgement) *sample {
	t := trace.New("1", []*trace.Span{{ID: "1", Service: "order", Duration: us}})
	return &sample{scenario: s, variant: s.Variants()[variant], Played: scenario.Played{Own: []*trace.Trace{t}},
		verdict: verdict{Judgement: j, durationUS: us, planted: j.Planted, alsoTrue: j.AlsoTrue, falseAlarms: j.FalseAlarms}}
}

func hit(k doctor.Kind, basis doctor.Basis, us trace.Micros) scenario.Judgement {
	return scenario.Judgement{Found: k, KindRight: true, Right: true, PlaceRight: true, Planted: []scenario.Claim{{Kind: k, Place: order}},
		Saving: scenario.Saving{US: us, UpperBound: basis != doctor.Structural, Basis: basis}}
}

// scored are two runs: the loop is found twice, the lock once in the wrong place, and one healthy request has a false alarm.
func scored() Result {
	lockFound := hit("queue-wait", doctor.Shared, 400)
	lockFound.PlaceRight, lockFound.AlsoTrue = false, alarm
	return newResult(bench.Machine{}, 10, []*sample{
		take(loop, 0, 1000, hit("n-plus-one", doctor.Structural, 810)), take(loop, 1, 100, quiet),
		take(lock, 0, 500, lockFound), take(lock, 1, 200, quiet),
		take(near, 0, 20, quiet), take(well, 0, 10, quiet),
		take(loop, 0, 1000, hit("n-plus-one", doctor.Structural, 810)), take(loop, 1, 100, quiet),
		take(lock, 0, 500, scenario.Judgement{Found: "n-plus-one", Unsaid: []string{"the work"}}), take(lock, 1, 200, quiet),
		take(near, 0, 20, quiet), take(well, 0, 10, scenario.Judgement{Found: "slow-self", FalseAlarms: alarm}),
	}, withLoop(9*time.Millisecond, 2*time.Millisecond))
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
	if want := (Findings{Planted: 3, FalseAlarms: 1, AlsoTrue: 1}); r.Findings != want {
		t.Errorf("got %+v, want %+v", r.Findings, want)
	}
	if want := (Quiet{Played: 8, Alarmed: 1}); r.Quiet != want {
		t.Errorf("got %+v, want %+v", r.Quiet, want)
	}
	savings := Savings{Structural: 1, Compared: 1, ComparedAlone: 1, WorstRunError: 0.1,
		UpperBounds: 1, UpperBoundsHeld: 1, LeastOfBound: 0.75, MostOfBound: 0.75, Shared: 1, MarkedAsShared: 1}
	if r.Savings != savings {
		t.Errorf("got %+v, want %+v", r.Savings, savings)
	}
	var names []string
	for _, row := range r.Rows {
		names = append(names, row.ID+" "+row.Variant)
	}
	if got, want := strings.Join(names, ", "), "loop slow, loop fixed, lock slow, lock fixed, close near-miss, well healthy"; got != want {
		t.Errorf("got the rows %s, want %s", got, want)
	}
}

// Rows are in the order of the catalogue, although scenarios that need a big catalogue of products are played last.
func TestSortLike(t *testing.T) {
	samples := []*sample{take(loop, 0, 3, quiet), take(loop, 1, 1, quiet), take(well, 0, 1, quiet), take(loop, 0, 2, quiet), take(lock, 0, 1, quiet)}
	sortLike([]scenario.Scenario{lock, loop, near, well}, samples)
	var got []string
	for _, s := range samples {
		got = append(got, fmt.Sprint(s.scenario.ID, " ", s.variant.Name, " ", s.verdict.durationUS))
	}
	if diff := cmp.Diff([]string{"lock slow 1 µs", "loop slow 3 µs", "loop fixed 1 µs", "loop slow 2 µs", "well healthy 1 µs"}, got); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
}

// Every target that is missed is listed.
func TestMissed(t *testing.T) {
	got := strings.Join(scored().Missed(), "\n")
	for _, want := range []string{
		"precision is 0.750", "recall is 0.750", "place accuracy is 0.667",
		"loop: a request at the same time was slowed too, by 7 ms",
	} {
		if !strings.Contains(got, want) {
			t.Errorf("got\n%s\nwant %q in it", got, want)
		}
	}
	bold := hit("queue-wait", doctor.Structural, 300)
	overstated := newResult(bench.Machine{}, 10, []*sample{take(lock, 0, 500, bold), take(lock, 1, 200, quiet)}, nil)
	want := "1 of 1 savings that are shared with other requests are not marked as upper bounds"
	if got := strings.Join(overstated.Missed(), "\n"); got != want {
		t.Errorf("got %q for a wait for a lock whose saving is predicted as a value, want %q", got, want)
	}
	big := loop
	big.MinEffect = scenario.Effect{Duration: time.Second}
	samples := []*sample{take(big, 0, 1000, hit("n-plus-one", doctor.Structural, 900)), take(big, 1, 100, quiet)}
	r := newResult(bench.Machine{}, 10, samples, nil)
	if got := strings.Join(r.Missed(), "\n"); got != "loop: the planted slowdown had no effect, or too little, in 1 of 1 runs" {
		t.Errorf("got %q for a fault that does less than it should", got)
	}
}

// No prediction, a loose bound and a fix without effect are misses too, unless the scenario admits them; then they are remarks.
func TestMissedByRetreat(t *testing.T) {
	bound := hit("n-plus-one", doctor.Structural, 9000)
	bound.Saving.UpperBound = true
	admitted, slowing := loop, loop
	admitted.LooseBound, slowing.SlowsOthers = "it is loose", "few CPUs"
	low, exceeded := hit("n-plus-one", doctor.Structural, 200), loop
	low.Saving.UpperBound, exceeded.LowBound = true, "it is exceeded"
	for _, tt := range []struct {
		name           string
		scenario       scenario.Scenario
		judged         scenario.Judgement
		baselineUS     trace.Micros
		controls       controls
		missed, remark string
	}{
		{"nothing predicted", loop, hit("n-plus-one", doctor.None, 0), 100, nil, "1 of 1 structural savings are not predicted at all",
			"loop: 900 µs of its 1 ms disappear"},
		{"a loose bound", loop, bound, 100, nil, "loop: the fix saved 10 % of the predicted upper bound", ""},
		{"a loose bound, admitted", admitted, bound, 100, nil, "", "upper bound; it is loose"},
		{"too low a bound", loop, low, 100, nil, "loop: the fix saved 450 % of the predicted upper bound", ""},
		{"too low a bound, admitted", exceeded, low, 100, nil, "", "upper bound; it is exceeded"},
		{"nothing saved", loop, hit("n-plus-one", doctor.Structural, 900), 1000, nil, "structural savings is 100 %", ""},
		{"a slowed control", loop, hit("n-plus-one", doctor.Structural, 900), 100, withLoop(9*time.Millisecond, 0),
			"a request at the same time was slowed too", "no reason is known"},
		{"a slowed control, admitted", slowing, hit("n-plus-one", doctor.Structural, 900), 100,
			withLoop(9*time.Millisecond, 0), "", "few CPUs"},
	} {
		samples := []*sample{take(tt.scenario, 0, 1000, tt.judged), take(tt.scenario, 1, tt.baselineUS, quiet)}
		r := newResult(bench.Machine{}, 10, samples, tt.controls)
		missed := strings.Join(r.Missed(), "\n")
		if tt.missed == "" && missed != "" || !strings.Contains(missed, tt.missed) {
			t.Errorf("%s: got %q missed, want %q", tt.name, missed, tt.missed)
		}
		if remarks := strings.Join(r.remarks(), "\n"); !strings.Contains(remarks, tt.remark) {
			t.Errorf("%s: got\n%s\nwant %q in it", tt.name, remarks, tt.remark)
		}
	}
}

// A saving that needs other traces is not in the median, and the worst single run is reported separately.
func TestNeedsOtherTraces(t *testing.T) {
	bold := take(loop, 0, 1000, hit("n-plus-one", doctor.Structural, 450))
	bold.verdict.gotOthers = true
	samples := []*sample{bold, take(loop, 1, 100, quiet)}
	for range 2 {
		samples = append(samples, take(loop, 0, 1000, hit("n-plus-one", doctor.Structural, 810)), take(loop, 1, 100, quiet))
	}
	r := newResult(bench.Machine{}, 3, samples, nil)
	s := r.Savings
	if s.NeedOtherTraces != 1 || s.Compared != 1 || s.ComparedAlone != 0 || s.WorstRunError != 0.5 ||
		math.Abs(r.StructuralWorst-0.1) > 1e-9 || r.StructuralMedian != 0 {
		t.Errorf("got %+v, median %v, worst %v, want it counted separately, with an error of 10 %% and of 50 %% in one run",
			s, r.StructuralMedian, r.StructuralWorst)
	}
}

// An excuse that no finding needed is listed.
func TestUnusedExcuses(t *testing.T) {
	lenient := loop
	lenient.Want.AlsoTrue = []scenario.Excuse{{Kind: "slow-self", Place: order, Why: "it computes"}}
	busy := hit("n-plus-one", doctor.Structural, 900)
	busy.AlsoTrue = alarm
	for judged, want := range map[*scenario.Judgement]int{&quiet: 1, &busy: 0} {
		r := newResult(bench.Machine{}, 10, []*sample{take(lenient, 0, 1000, *judged), take(lenient, 1, 100, quiet)}, nil)
		if got := len(r.Rows[0].UnusedExcuses); got != want {
			t.Errorf("got %d unused excuses, want %d", got, want)
		}
	}
}

// A scenario that is not as expected fails, and is played again; others do not.
func TestFailing(t *testing.T) {
	lame := loop
	lame.MinEffect = scenario.Effect{Duration: time.Second}
	good := []*sample{take(loop, 0, 1000, hit("n-plus-one", doctor.Structural, 900)), take(loop, 1, 100, quiet)}
	for name, tt := range map[string]struct {
		slow, fixed *sample
		control     time.Duration
		want        bool
	}{
		"nothing":          {good[0], good[1], 0, false},
		"a miss":           {take(loop, 0, 1000, scenario.Judgement{}), good[1], 0, true},
		"a false alarm":    {good[0], take(loop, 1, 100, scenario.Judgement{FalseAlarms: alarm}), 0, true},
		"a wrong saving":   {take(loop, 0, 1000, hit("n-plus-one", doctor.Structural, 600)), good[1], 0, true},
		"a broken bound":   {take(loop, 0, 1000, hit("n-plus-one", doctor.Shared, 600)), good[1], 0, true},
		"no effect":        {take(lame, 0, 1000, hit("n-plus-one", doctor.Structural, 900)), good[1], 0, true},
		"a slowed control": {good[0], good[1], time.Second, true},
	} {
		rows := newResult(bench.Machine{}, 1, []*sample{tt.slow, tt.fixed}, withLoop(tt.control, 0)).Rows
		if got := len(failing([]scenario.Scenario{well, loop}, rows)) == 1; got != tt.want {
			t.Errorf("%s: got %v, want %v", name, got, tt.want)
		}
	}
}

// The table has a line for each slowdown, and one for all healthy requests.
func TestTable(t *testing.T) {
	var text strings.Builder
	if err := Markdown(&text, scored()); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{
		"| loop | n-plus-one | 2/2 | 2/2 | 0 | 810 µs | 900 µs | 10 % | 2/2 |",
		"| lock | queue-wait | 1/2 (n-plus-one) | 0/1 | 0 | up to 400 µs | 300 µs | 75 % of it | 2/2 |",
		"| near-miss (1) | nothing | – | – | 0 | – | – | – | 2/2 |",
		"| healthy (1) | nothing | – | – | 0 | – | – | – | 1/2 |",
		"- well, healthy: false alarm slow-self order (1×)",
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
	text, err := json.Marshal(newResult(bench.Machine{}, 1, []*sample{take(well, 0, 10, quiet)}, nil))
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
