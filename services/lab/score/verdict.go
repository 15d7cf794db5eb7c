package score

import (
	"cmp"
	"slices"

	"spanwise/doctor"
	"spanwise/doctor/trace"
	"spanwise/lab/scenario"
)

// A verdict is what the doctor said of one sample, judged.
type verdict struct {
	scenario.Judgement // of the slowest of the requests that ran at once: the one that somebody complains about
	report             doctor.Report
	durationUS         int64 // of that one
	alarms             []doctor.Finding
	true               int // findings that are so, over all requests that ran at once
}

// judge asks the doctor about each trace by itself. Only where that does not settle the matter it gets the others too:
// what ran at the same time, and ordinary traffic, which is what anybody finds in Jaeger.
func (s *sample) judge(ordinary []*trace.Trace) verdict {
	var together []doctor.Report
	var v verdict
	for i, t := range s.traces {
		r := doctor.Diagnose(t)
		if !s.scenario.Decided(r) {
			if together == nil {
				together = doctor.DiagnoseAll(slices.Concat(s.traces, s.others, ordinary))
			}
			r = together[i]
		}
		j := s.variant.Want.Judge(r)
		if i == 0 {
			v.Judgement, v.durationUS, v.report = j, r.Root.DurationUS, r
		}
		v.true += j.True
		v.alarms = append(v.alarms, j.False...)
	}
	return v
}

func slowestFirst(a, b *trace.Trace) int {
	return cmp.Or(cmp.Compare(duration(b), duration(a)), cmp.Compare(a.ID, b.ID))
}

func duration(t *trace.Trace) int64 {
	if root := doctor.Headline(t); root != nil {
		return root.Duration
	}
	return 0
}

// ordinaryTraffic is what the doctor may compare with: the same request before it became slow, which is the cured one,
// or where there is no cure all healthy ones. What belongs to the circumstances, such as a database far away, is the
// same in both.
func ordinaryTraffic(of *sample, samples []*sample) (traces []*trace.Trace) {
	for _, s := range samples {
		before := s.scenario.ID == of.scenario.ID && s.variant.Name == "fixed"
		if !of.scenario.Fixed.Made() {
			before = s.scenario.Healthy()
		}
		if before && s != of {
			traces = append(traces, s.traces...)
		}
	}
	return traces
}
