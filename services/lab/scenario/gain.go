package scenario

import (
	"cmp"
	"slices"
	"time"

	"spanwise/doctor"
	"spanwise/doctor/trace"
)

// Latencies are what each database takes where time is virtual and nothing else takes any.
const Latencies = "latency=order.db:1ms,inventory.db:2ms,pricing.db:3ms"

// A Gain is by how much the slow request is slower than the one it is compared with, and where.
//
// A scenario says it twice. Where time is virtual, under [Latencies], the gain is exactly Scenario.Gain; in real time, with
// no other delay than its own request asks for, it is at least Scenario.Planted.
type Gain struct {
	Whole  time.Duration // of the request
	There  time.Duration // of the critical path at the places the diagnosis names
	Dark   time.Duration // of the critical path there that has no span of its own
	Times  float64       // how many times as long the critical path there is
	Asked  int           // calls over the places' edges, by all who ask at once
	Failed int           // spans that end with an error
	After  time.Duration // of what goes on when the request has been answered
	Ahead  time.Duration // by how much clocks disagree
	Apart  int           // traces beside the request's own that hold parts of it
}

// Played is what one playing of a request left behind.
type Played struct {
	Own    []*trace.Trace // of the request, as many as ran at once; the slowest counts
	Others []*trace.Trace // whatever else was caused: preparations, other halves of broken traces
}

// Slowest returns the trace of the request that took longest.
func (p Played) Slowest() *trace.Trace {
	return slices.MaxFunc(p.Own, func(a, b *trace.Trace) int {
		return cmp.Or(cmp.Compare(Duration(a), Duration(b)), cmp.Compare(b.ID, a.ID))
	})
}

// Duration returns how long the user waited for the request of a trace.
func Duration(t *trace.Trace) time.Duration {
	if root := doctor.Headline(t); root != nil {
		return time.Duration(root.Duration) * time.Microsecond
	}
	return 0
}

// Gained measures by how much slow is slower than its counterpart. Of what happens at the places it looks at what want is
// about; the rest is 0, as in want.
func (d Diagnosis) Gained(slow, fixed Played, want Gain) Gain {
	bad, good := slow.Slowest(), fixed.Slowest()
	got := Gain{
		Whole: Duration(bad) - Duration(good),
		After: After(bad) - After(good),
		Ahead: Ahead(bad) - Ahead(good),
		Apart: len(slow.Others) - len(fixed.Others),
	}
	if want.There != 0 {
		got.There = d.At(bad) - d.At(good)
	}
	if want.Dark != 0 {
		got.Dark = d.Dark(bad) - d.Dark(good)
	}
	if want.Times != 0 {
		got.Times = float64(d.At(bad)) / float64(max(d.At(good), 1))
	}
	if want.Asked != 0 {
		got.Asked = d.Asked(slow.Own) - d.Asked(fixed.Own)
	}
	if want.Failed != 0 {
		got.Failed = Failed(bad) - Failed(good)
	}
	return got
}

// give is by how much two requests differ in real time though nothing is planted: 2 % and, as long as it is the greater, 2 ms.
func give(d time.Duration) time.Duration { return max(d/50, 2*time.Millisecond) }

// Reached reports whether a gain in real time is at least that.
func (g Gain) Reached(least Gain) bool {
	enough := func(got, want time.Duration) bool { return want == 0 || got >= want-give(want) }
	return enough(g.Whole, least.Whole) && enough(g.There, least.There) && enough(g.Dark, least.Dark) &&
		enough(g.After, least.After) && enough(g.Ahead, least.Ahead) && g.Times >= least.Times &&
		g.Asked >= least.Asked && g.Failed >= least.Failed && g.Apart >= least.Apart
}
