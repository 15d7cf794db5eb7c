package score

import (
	"cmp"
	"slices"
	"time"

	"spanwise/doctor"
	"spanwise/doctor/trace"
	"spanwise/lab/bench"
	"spanwise/lab/scenario"
)

// A sample is one run of one variant.
type sample struct {
	scenario     scenario.Scenario
	variant      scenario.Variant
	ids          []string // of its traces
	began, ended time.Time
	scenario.Played
	ordinary []*trace.Trace // of the same request without the slowdown
	verdict  verdict
}

// A verdict is what the doctor said about one sample, judged.
type verdict struct {
	scenario.Judgement // of the slowest of the requests that ran at once: the one that a user would complain about
	report             doctor.Report
	durationUS         trace.Micros // of that one
	gotOthers          bool         // that one was not enough, so the doctor was given other traces
	// Claims about any of the requests that ran at once; those about several of them count once.
	planted, alsoTrue, falseAlarms []scenario.Claim
}

// judge asks the doctor about each trace and judges its answers.
func (s *sample) judge() (v verdict) {
	slowest := s.Slowest()
	answers := scenario.Ask(s.Own, func() []*trace.Trace { return slices.Concat(s.Others, s.ordinary) })
	for i, a := range answers {
		j := s.variant.Want.Judge(a)
		if s.Own[i] == slowest {
			v.Judgement, v.report, v.gotOthers = j, a.Report, a.Others != nil
			v.durationUS = trace.Micros(scenario.Duration(slowest).Microseconds())
		}
		v.planted = append(v.planted, j.Planted...)
		v.alsoTrue = append(v.alsoTrue, j.AlsoTrue...)
		v.falseAlarms = append(v.falseAlarms, j.FalseAlarms...)
	}
	v.planted, v.alsoTrue, v.falseAlarms = unique(v.planted), unique(v.alsoTrue), unique(v.falseAlarms)
	return v
}

func unique(claims []scenario.Claim) []scenario.Claim {
	slices.SortFunc(claims, func(a, b scenario.Claim) int { return cmp.Compare(a.String(), b.String()) })
	return slices.Compact(claims)
}

// byVariant groups samples by scenario and variant, in the order in which these occur first.
func byVariant(samples []*sample) (groups [][]*sample) {
	index := map[played]int{}
	for _, s := range samples {
		key := played{s.scenario.ID, s.variant.Name}
		i, known := index[key]
		if !known {
			i = len(groups)
			index[key] = i
			groups = append(groups, nil)
		}
		groups[i] = append(groups[i], s)
	}
	return groups
}

// medianUS is the median duration of some samples.
func medianUS(samples []*sample) trace.Micros {
	var all []trace.Micros
	for _, s := range samples {
		all = append(all, s.verdict.durationUS)
	}
	return bench.Median(all)
}
