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
	asked              bool  // for other traces, since that one could not tell
	// What was found in any of the requests that ran at once; what is found in several counts once.
	so, beside, alarms []scenario.Claim
}

// judge asks the doctor about each trace, and judges what it says.
func (s *sample) judge() (v verdict) {
	slowest := s.Slowest()
	answers := scenario.Ask(s.Own, func() []*trace.Trace { return slices.Concat(s.Others, s.ordinary) })
	for i, a := range answers {
		j := s.variant.Want.Judge(a)
		if s.Own[i] == slowest {
			v.Judgement, v.report, v.asked = j, a.Report, a.Others != nil
			v.durationUS = scenario.Duration(slowest).Microseconds()
		}
		v.so, v.beside, v.alarms = append(v.so, j.True...), append(v.beside, j.Beside...), append(v.alarms, j.False...)
	}
	v.so, v.beside, v.alarms = once(v.so), once(v.beside), once(v.alarms)
	return v
}

func once(claims []scenario.Claim) []scenario.Claim {
	slices.SortFunc(claims, func(a, b scenario.Claim) int { return cmp.Compare(a.String(), b.String()) })
	return slices.Compact(claims)
}
