package scenario_test

import (
	"fmt"
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
			if got := duration(c); got != usual {
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
		got := scenario.Gain{Whole: longest(slow.Own) - longest(fixed.Own), There: there(s, slow.Own) - there(s, fixed.Own)}
		if got != s.Gain {
			t.Errorf("got %v slower, %v of it in %v, want %v and %v", got.Whole, got.There, s.Want.Places, s.Gain.Whole, s.Gain.There)
		}
	})
}

// The doctor's first finding on a slow request is of the expected kind and in the expected place, and neither the
// cured request nor a healthy one gives a false alarm. Where the catalogue admits a doubt, a miss is only told.
func TestVerdicts(t *testing.T) {
	each(t, func(t *testing.T, s scenario.Scenario, shop *shoptest.Shop) {
		for _, v := range s.Variants() {
			run := scenariotest.Play(t, shop, s, v.Request.With(scenario.Latencies))
			for _, r := range reports(run) {
				j := v.Want.Judge(r)
				if j.Right && j.Place && len(j.False) == 0 {
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

// each runs a test for every scenario, in virtual time, on a shop of its own.
func each(t *testing.T, test func(*testing.T, scenario.Scenario, *shoptest.Shop)) {
	for _, s := range scenario.All() {
		t.Run(s.ID, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) { test(t, s, shoptest.Start(t, nil, true)) })
		})
	}
}

// reports are of each trace by itself or, where that says that it cannot tell, of all together.
func reports(run scenariotest.Run) []doctor.Report {
	together := doctor.DiagnoseAll(append(run.Own[:len(run.Own):len(run.Own)], run.Others...))[:len(run.Own)]
	for i, tr := range run.Own {
		if alone := doctor.Diagnose(tr); scenario.Decided(alone) {
			together[i] = alone
		}
	}
	return together
}

func duration(t *trace.Trace) time.Duration {
	return time.Duration(doctor.Headline(t).Duration) * time.Microsecond
}

func longest(traces []*trace.Trace) (d time.Duration) {
	for _, t := range traces {
		d = max(d, duration(t))
	}
	return d
}

// there is the time at the scenario's places in the longest of its traces.
func there(s scenario.Scenario, traces []*trace.Trace) (sum time.Duration) {
	for _, t := range traces {
		if duration(t) < longest(traces) {
			continue
		}
		for _, p := range s.Want.Places {
			sum += p.At(t)
		}
		break
	}
	return sum
}

// said lists the findings of a report, and below them what was only seen.
func said(r doctor.Report) string {
	var b strings.Builder
	for _, list := range [][]doctor.Finding{r.Findings, r.AlsoSeen} {
		for _, f := range list[:min(len(list), 6)] {
			fmt.Fprintf(&b, "\n  %s %s → %s %d to %d µs (%s): %s", f.Kind, f.Service, f.Callee, f.Saving.LowUS, f.Saving.HighUS, f.Evidence, f.Because)
		}
		b.WriteString("\n  --")
	}
	return b.String()
}
