package scenario_test

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"spanwise/doctor"
	"spanwise/doctor/trace"
	"spanwise/lab/scenario"
	"spanwise/lab/scenario/scenariotest"
	"spanwise/order/shoptest"
)

// Each slow request is slower than its cure by exactly what was planted, in the planted place; a request that runs beside
// it is not slowed at all.
func TestSlowIsSlow(t *testing.T) {
	control := scenario.Request{Method: "GET", Path: "/orders/3?" + scenario.Latencies}
	const usual = 5 * time.Millisecond // order's database twice, then pricing's beside inventory's
	each(t, func(t *testing.T, s scenario.Scenario, shop *shoptest.Shop) {
		slow := scenariotest.Play(t, shop, s, s.Slow.With(scenario.Latencies), control)
		for _, c := range slow.Beside {
			if got := duration(c); got != usual && !s.Real {
				t.Errorf("a request beside it took %v, want %v", got, usual)
			}
		}
		if s.Healthy() {
			return
		}
		cure := s.Fixed
		if !cure.Made() {
			cure = s.Slow.Healthy()
		}
		fixed := scenariotest.Play(t, shop, s, cure.With(scenario.Latencies))
		bad, good := slowest(slow.Own), slowest(fixed.Own)
		got := scenario.Gain{
			Whole: duration(bad) - duration(good),
			There: s.Want.At(bad) - s.Want.At(good),
			Dark:  s.Want.Dark(bad) - s.Want.Dark(good),
			After: scenario.After(bad) - scenario.After(good),
			Apart: len(slow.Others) - len(fixed.Others),
			Ahead: scenario.Ahead(bad) - scenario.Ahead(good),
		}
		if s.Gain.Failed > 0 {
			got.Failed = scenario.Failed(bad) - scenario.Failed(good)
		}
		if s.Gain.Asked > 0 {
			got.Asked = s.Want.Asked(slow.Own) - s.Want.Asked(fixed.Own)
		}
		if !s.Gain.Reached(got, s.Real) || s.Gain == (scenario.Gain{}) {
			t.Errorf("got %+v more, where %v counts as there, want %+v", got, s.Want.Places, s.Gain)
		}
	})
}

// The doctor's first finding on a slow request is of the expected kind and in the expected place, and neither the
// cured request nor a healthy one gives a false alarm. Where the catalogue admits a doubt, a miss is only told.
func TestVerdicts(t *testing.T) {
	each(t, func(t *testing.T, s scenario.Scenario, shop *shoptest.Shop) {
		for _, v := range s.Variants() {
			if s.Real && v.Name != "slow" {
				continue // what else a busy machine does is no matter of a test's
			}
			run := scenariotest.Play(t, shop, s, v.Request.With(scenario.Latencies))
			for i, r := range reports(s, run) {
				j := v.Want.Judge(r)
				if j.Right && v.Want.Basis == doctor.Shared && r.Findings[0].Saving.Basis == doctor.Structural {
					t.Errorf("%s: got a saving of %+v as a value, want it marked as an upper bound", v.Name, r.Findings[0].Saving)
				}
				// Of several at once, those that met nobody have nothing wrong with them.
				if (j.Right && j.Place || run.Own[i] != slowest(run.Own)) && (len(j.False) == 0 || s.Real) {
					continue
				}
				tell := t.Errorf
				if s.Doubt != "" {
					tell = t.Logf // the score counts it
				}
				tell("%s: got%s\nwant %s in %v (%s)", v.Name, said(r), v.Want, v.Want.Places, s.Doubt)
			}
		}
	})
}

// each runs a test for every scenario on a shop of its own, in virtual time where that is possible.
func each(t *testing.T, test func(*testing.T, scenario.Scenario, *shoptest.Shop)) {
	for _, s := range scenario.All() {
		t.Run(s.ID, func(t *testing.T) {
			switch {
			case s.Products > 0:
				t.Skip("it needs a big catalogue: make score plays it")
			case s.Processes:
				t.Skip("it needs processes of their own: make score plays it")
			case s.Real:
				test(t, s, shoptest.Start(t, nil, true))
			default:
				synctest.Test(t, func(t *testing.T) { test(t, s, shoptest.Start(t, nil, true)) })
			}
		})
	}
}

// reports are of each trace by itself or, where that says that it cannot tell, of all together.
func reports(s scenario.Scenario, run scenariotest.Run) []doctor.Report {
	together := doctor.DiagnoseAll(append(run.Own[:len(run.Own):len(run.Own)], run.Others...))[:len(run.Own)]
	for i, tr := range run.Own {
		if alone := doctor.Diagnose(tr); s.Decided(alone) {
			together[i] = alone
		}
	}
	return together
}

func duration(t *trace.Trace) time.Duration {
	return time.Duration(doctor.Headline(t).Duration) * time.Microsecond
}

func slowest(traces []*trace.Trace) *trace.Trace {
	return slices.MaxFunc(traces, func(a, b *trace.Trace) int { return cmp.Compare(duration(a), duration(b)) })
}

// said lists the findings of a report, and below them what was only seen.
func said(r doctor.Report) string {
	var b strings.Builder
	for _, list := range [][]doctor.Finding{r.Findings, r.AlsoSeen} {
		for _, f := range list[:min(len(list), 6)] {
			fmt.Fprintf(&b, "\n  %s %s → %s %d to %d µs (%s, %s): %s", f.Kind, f.Service, f.Callee, f.Saving.LowUS, f.Saving.HighUS, f.Saving.Basis, f.Evidence, f.Because)
		}
		b.WriteString("\n  --")
	}
	return b.String()
}
