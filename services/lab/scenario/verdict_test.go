package scenario_test

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"spanwise/doctor"
	"spanwise/doctor/trace"
	"spanwise/lab/scenario"
	"spanwise/lab/scenario/scenariotest"
	"spanwise/order/shoptest"
)

// control is a request that runs at the same time as a slow one, and controlTakes how long it takes unless it is slowed too:
// order's database twice, then pricing's in parallel with inventory's.
var control = scenario.Request{Method: "GET", Path: "/orders/3?" + scenario.Latencies}

const controlTakes = 5 * time.Millisecond

// Each slow request is slower than its baseline by exactly the scenario's effect, at the diagnosis's places; a request that
// runs at the same time is not slowed at all.
func TestEffects(t *testing.T) {
	inVirtualTime(t, func(t *testing.T, s scenario.Scenario, shop *shoptest.Shop) {
		if s.Healthy() || s.RealTime {
			return // nothing is planted, or nothing that takes virtual time: see TestEffectsInRealTime
		}
		slow := scenariotest.Play(t, shop, s, with(s.Slow, scenario.Latencies), control)
		for _, c := range slow.Controls {
			if got := scenario.Duration(c); got != controlTakes {
				t.Errorf("a request at the same time took %v, want %v", got, controlTakes)
			}
		}
		baseline := scenariotest.Play(t, shop, s, with(s.Baseline().Request, scenario.Latencies))
		if got := s.Want.Effect(slow.Played, baseline.Played, s.Effect); got != s.Effect || s.Effect == (scenario.Effect{}) {
			t.Errorf("got the effect %+v with the places %v, want %+v", got, s.Want.Places, s.Effect)
		}
	})
}

// small is a size of the catalogue of products at which careless queries are slow enough; make score plays the whole million.
const small = 20_000

// Computing and reading many rows take real time, to which other load on the machine only adds. So each slow request shows
// at least the scenario's effect over the fastest of several baselines. At least one of the requests at the same time takes less than half
// as long as any slow one, because a fault that leaked to other requests would slow all of them.
func TestEffectsInRealTime(t *testing.T) {
	const runs = 5
	for _, s := range scenario.All() {
		if s.Healthy() || s.Effect != (scenario.Effect{}) {
			continue
		}
		t.Run(s.ID, func(t *testing.T) {
			if s.Processes {
				t.Skip("needs each service in a process of its own: make score plays it")
			}
			shop := shoptest.Start(t, nil, true)
			s.RealTime = true
			if s.Products > 0 {
				shop.Grow(small)
			}
			var slow, baselines []scenario.Played
			var controls []time.Duration
			for range runs {
				run := scenariotest.Play(t, shop, s, s.Slow, scenario.Request{Method: "GET", Path: "/orders/3"})
				slow, controls = append(slow, run.Played), append(controls, scenario.Duration(run.Controls[0]))
				baselines = append(baselines, scenariotest.Play(t, shop, s, s.Baseline().Request).Played)
			}
			took := func(p scenario.Played) time.Duration { return scenario.Duration(p.Slowest()) }
			fastest := func(a, b scenario.Played) int { return cmp.Compare(took(a), took(b)) }
			baseline := slices.MinFunc(baselines, fastest)
			for _, run := range slow {
				if got := s.Want.Effect(run, baseline, s.MinEffect); !got.Reaches(s.MinEffect) {
					t.Errorf("got the effect %+v with the places %v, want at least %+v", got, s.Want.Places, s.MinEffect)
				}
			}
			if half := took(slices.MinFunc(slow, fastest)) / 2; s.SlowsOthers == "" && slices.Min(controls) >= half {
				t.Errorf("requests at the same time took %v, want one below %v", controls, half)
			}
		})
	}
}

// nearMissLatencies are as short as those of real databases; only with these is what near misses do twice nearly free.
const nearMissLatencies = "latency=order.db:100us,inventory.db:200us,pricing.db:300us"

// ordinaryRuns is how many ordinary requests the doctor is given, if it asks for other traces.
const ordinaryRuns = 12

// The doctor's first finding on a slow request is of the expected kind and in the expected place, and neither the fixed request
// nor a healthy one gives a false alarm. Where the catalogue admits that the doctor is known to be wrong, a miss is only logged.
func TestVerdicts(t *testing.T) {
	inVirtualTime(t, func(t *testing.T, s scenario.Scenario, shop *shoptest.Shop) {
		variants, tries := s.Variants(), 1
		if s.RealTime {
			variants = variants[:1] // a busy machine may slow the baseline down
			tries = 3               // and delay a slow request elsewhere, which the doctor then reports
		}
		times := scenario.Latencies
		if s.Resembles != "" {
			times = nearMissLatencies
		}
		ordinary := sync.OnceValue(func() (traces []*trace.Trace) {
			for range ordinaryRuns {
				traces = append(traces, scenariotest.Play(t, shop, s, with(s.Baseline().Request, times)).Own...)
			}
			return traces
		})
		for _, v := range variants {
			var wrong []string
			for range tries {
				wrong = verdict(t, s, v, scenariotest.Play(t, shop, s, with(v.Request, times)), ordinary)
				if len(wrong) == 0 {
					break
				}
			}
			for _, text := range wrong {
				t.Error(text)
			}
		}
	})
}

// verdict returns what is wrong with the doctor's answers on a run.
func verdict(
	t *testing.T, s scenario.Scenario, v scenario.Variant, run scenariotest.Run, ordinary func() []*trace.Trace,
) (wrong []string) {
	t.Helper()
	report := func(format string, args ...any) { wrong = append(wrong, fmt.Sprintf(format, args...)) }
	slowest := run.Slowest()
	answers := scenario.Ask(run.Own, func() []*trace.Trace { return append(run.Others, ordinary()...) })
	for i, a := range answers {
		j := v.Want.Judge(a)
		if j.Right && v.Want.Basis == doctor.Shared && j.Saving.Basis != doctor.Shared {
			report("%s: got a saving of basis %s, want it marked as shared", v.Name, j.Saving.Basis)
		}
		// Of several requests at once, only the slowest is sure to have met the others.
		if (j.Right && j.PlaceRight || run.Own[i] != slowest) && len(j.FalseAlarms) == 0 {
			continue
		}
		report := report
		if s.KnownWrong != "" && v.Name == scenario.Slow && len(j.FalseAlarms) == 0 {
			report = t.Logf // the score counts it
		}
		report("%s: got%s\nwant %s in %v; it does not say %q (%s)", v.Name, listed(a.Report), v.Want, v.Want.Places, j.Unsaid, s.KnownWrong)
	}
	return wrong
}

// inVirtualTime runs a test for every scenario that a test can play, each on a shop of its own. Only scenarios that compute run
// in real time.
func inVirtualTime(t *testing.T, test func(*testing.T, scenario.Scenario, *shoptest.Shop)) {
	for _, s := range scenario.All() {
		t.Run(s.ID, func(t *testing.T) {
			switch {
			case s.Products > 0:
				t.Skip("needs a big catalogue: make score plays it")
			case s.Processes:
				t.Skip("needs each service in a process of its own: make score plays it")
			case s.RealTime:
				test(t, s, shoptest.Start(t, nil, true))
			default:
				synctest.Test(t, func(t *testing.T) { test(t, s, shoptest.Start(t, nil, true)) })
			}
		})
	}
}

// listed are the findings of a report, and below them those that were only seen.
func listed(r doctor.Report) string {
	var b strings.Builder
	for _, list := range [][]doctor.Finding{r.Findings, r.AlsoSeen} {
		for _, f := range list[:min(len(list), 6)] {
			fmt.Fprintf(&b, "\n  %s %s → %s %d to %d µs (%s, %s): %s",
				f.Kind, f.Service, f.Callee, f.Saving.LowUS, f.Saving.HighUS, f.Saving.Basis, f.Evidence, f.Because)
		}
		b.WriteString("\n  --")
	}
	return b.String()
}
