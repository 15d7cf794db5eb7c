package scenario

import (
	"slices"

	"spanwise/doctor"
	"spanwise/doctor/trace"
)

// An Answer is what the doctor says about one trace.
type Answer struct {
	Report doctor.Report
	Others []*trace.Trace // all traces that it was given, if one was not enough; otherwise nil
}

// Ask asks the doctor about each of some traces, which ran at the same time, by itself. Only if the doctor says that one trace
// cannot decide it gets all of them together with the others, and its second answer counts.
func Ask(own []*trace.Trace, others func() []*trace.Trace) []Answer {
	answers := make([]Answer, len(own))
	var all []*trace.Trace
	var together []doctor.Report
	for i, t := range own {
		answers[i].Report = doctor.Diagnose(t)
		if decided(answers[i].Report) {
			continue
		}
		if all == nil {
			all = append(slices.Clone(own), others()...)
			together = doctor.DiagnoseAll(all)
		}
		answers[i] = Answer{together[i], all}
	}
	return answers
}

// unexplained is the share of a request that no span accounts for from which a report without findings explains nothing.
const unexplained = 0.5

// decided reports whether a report settles the matter by its own account: it does not if its first finding needs other
// traces or if, without any finding, something that it saw does, or most of the time is unexplained.
func decided(r doctor.Report) bool {
	needsOthers := func(f doctor.Finding) bool { return f.Evidence == doctor.NeedsOtherTraces }
	if len(r.Findings) > 0 {
		return !needsOthers(r.Findings[0])
	}
	return r.UnexplainedShare < unexplained && !slices.ContainsFunc(r.AlsoSeen, needsOthers)
}
