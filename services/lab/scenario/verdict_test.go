package scenario_test

import (
	"fmt"
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

// control is a request that runs beside a slow one, and how long it takes when nobody slows it: order's database twice,
// then pricing's beside inventory's.
var control = scenario.Request{Method: "GET", Path: "/orders/3?" + scenario.Latencies}

const usual = 5 * time.Millisecond

// Each slow request is slower than its cure by exactly what was planted, in the planted place; a request that runs beside
// it is not slowed at all.
func TestSlowIsSlow(t *testing.T) {
	each(t, func(t *testing.T, s scenario.Scenario, shop *shoptest.Shop) {
		if s.Healthy() || s.Real {
			return // nothing is planted, or nothing that takes virtual time: see TestSlowInRealTime
		}
		slow := scenariotest.Play(t, shop, s, s.Slow.With(scenario.Latencies), control)
		for _, c := range slow.Beside {
			if got := scenario.Duration(c); got != usual {
				t.Errorf("a request beside it took %v, want %v", got, usual)
			}
		}
		other := scenariotest.Play(t, shop, s, s.Usual().Request.With(scenario.Latencies))
		if got := s.Want.Gained(slow.Played, other.Played, s.Gain); got != s.Gain || s.Gain == (scenario.Gain{}) {
			t.Errorf("got %+v more, where %v counts as there, want %+v", got, s.Want.Places, s.Gain)
		}
	})
}

// anyway is how long a request may take that nothing slows on purpose.
const anyway = 10 * time.Millisecond

// small is a catalogue that is big enough to feel and soon made; the score plays the whole million.
const small = 20_000

// What computes, and what is done to many rows, takes real time. It gains at least what was planted, if not each time, then
// when nothing else keeps the processors busy; and a request beside it is not slowed by half of that.
func TestSlowInRealTime(t *testing.T) {
	const tries = 5
	for _, s := range scenario.All() {
		if s.Healthy() || s.Gain != (scenario.Gain{}) {
			continue
		}
		t.Run(s.ID, func(t *testing.T) {
			shop := shoptest.Start(t, nil, true)
			s.Real = true
			if s.Products > 0 {
				shop.Grow(small)
			}
			var got scenario.Gain
			var slower, least time.Duration
			for range tries {
				slow := scenariotest.Play(t, shop, s, s.Slow, scenario.Request{Method: "GET", Path: "/orders/3"})
				other := scenariotest.Play(t, shop, s, s.Usual().Request)
				got = s.Want.Gained(slow.Played, other.Played, s.Planted)
				slower, least = scenario.Duration(slow.Slowest()), scenario.Duration(slow.Beside[0])
				if got.Reached(s.Planted) && (s.Felt != "" || least < max(slower/2, anyway)) {
					return
				}
			}
			t.Errorf("got %+v more, where %v counts as there, want at least %+v; it took %v, the request beside it %v",
				got, s.Want.Places, s.Planted, slower, least)
		})
	}
}

// nearby are databases as fast as they really are: what is done twice in near misses is nearly nothing only then.
const nearby = "latency=order.db:100us,inventory.db:200us,pricing.db:300us"

// dozen is how many ordinary requests the doctor can find, if it asks for other traces.
const dozen = 12

// The doctor's first finding on a slow request is of the expected kind and in the expected place, and neither the
// cured request nor a healthy one gives a false alarm. Where the catalogue admits a doubt, a miss is only told.
func TestVerdicts(t *testing.T) {
	each(t, func(t *testing.T, s scenario.Scenario, shop *shoptest.Shop) {
		variants := s.Variants()
		if s.Real {
			variants = variants[:1] // what else a busy machine does is no matter of a test's
		}
		times := scenario.Latencies
		if s.Near != "" {
			times = nearby
		}
		ordinary := sync.OnceValue(func() (traces []*trace.Trace) {
			for range dozen {
				usual := scenariotest.Play(t, shop, s, s.Usual().Request.With(times))
				traces = append(traces, usual.Own...)
			}
			return traces
		})
		for _, v := range variants {
			verdict(t, s, v, scenariotest.Play(t, shop, s, v.Request.With(times)), ordinary)
		}
	})
}

func verdict(t *testing.T, s scenario.Scenario, v scenario.Variant, run scenariotest.Run, ordinary func() []*trace.Trace) {
	slowest := run.Slowest()
	answers := scenario.Ask(run.Own, func() []*trace.Trace { return append(run.Others, ordinary()...) })
	for i, a := range answers {
		j := v.Want.Judge(a)
		if j.Right && v.Want.Basis == doctor.Shared && j.Basis != doctor.Shared {
			t.Errorf("%s: got a saving of basis %s, want it marked as what is shared", v.Name, j.Basis)
		}
		// Of several at once, those that met nobody have nothing wrong with them.
		if (j.Right && j.Place || run.Own[i] != slowest) && len(j.False) == 0 {
			continue
		}
		tell := t.Errorf
		if s.Doubt != "" && v.Name == scenario.Slow && len(j.False) == 0 {
			tell = t.Logf // the score counts it
		}
		tell("%s: got%s\nwant %s in %v; it does not say %q (%s)", v.Name, said(a.Report), v.Want, v.Want.Places, j.Unsaid, s.Doubt)
	}
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
