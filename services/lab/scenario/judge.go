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

// A Judgement compares an answer of the doctor with a diagnosis.
type Judgement struct {
	Found      doctor.Kind // of the first finding; "" if there is none
	KindRight  bool        // the expected kind is the first finding or, if expected as a mention, mentioned
	PlaceRight bool        // so is the place
	Right      bool        // the kind is right and the finding can be understood or, if nothing is wrong, there are no false alarms

	Planted     []Claim // findings of what was planted
	AlsoTrue    []Claim // findings that the diagnosis excuses
	FalseAlarms []Claim

	Saving Saving   // that the planted findings predict
	Unsaid []string // details that the planted finding does not state
}

// A Claim is the kind and the place of a finding.
type Claim struct {
	Kind  doctor.Kind
	Place Place
}

func claim(f doctor.Finding) Claim { return Claim{f.Kind, Place{f.Service, f.Callee}} }

// String returns the claim as tables show it.
func (c Claim) String() string { return string(c.Kind) + " " + c.Place.String() }

// A Saving is what a report predicts that the fix saves.
type Saving struct {
	US         trace.Micros // 0 if no saving is claimed
	UpperBound bool         // US is the most that can be saved, not what will be
	Basis      doctor.Basis // "" if there is no planted finding
}

// Judge compares an answer with the diagnosis. The first finding decides, because that is the one a person acts upon.
func (d Diagnosis) Judge(a Answer) Judgement {
	r := a.Report
	var j Judgement
	for _, f := range r.Findings {
		switch {
		case d.planted(f) && !d.Mention:
			j.Planted = append(j.Planted, claim(f))
		case slices.ContainsFunc(d.AlsoTrue, func(e Excuse) bool { return e.Covers(claim(f)) }):
			j.AlsoTrue = append(j.AlsoTrue, claim(f))
		default:
			j.FalseAlarms = append(j.FalseAlarms, claim(f))
		}
	}
	if len(r.Findings) > 0 {
		j.Found = r.Findings[0].Kind
	}
	switch {
	case d.Kind == "":
		j.Right = len(j.FalseAlarms) == 0
		j.KindRight, j.PlaceRight = j.Right, j.Right
	case d.Mention:
		d.judgeMention(&j, a)
	default:
		d.judgeFirst(&j, a)
	}
	return j
}

// judgeFirst judges the first finding: it is right if it is of the kind, has sufficient evidence and can be understood.
func (d Diagnosis) judgeFirst(j *Judgement, a Answer) {
	j.Saving = d.saving(a.Report)
	if j.KindRight = j.Found == d.Kind; !j.KindRight {
		return
	}
	first := a.Report.Findings[0]
	j.PlaceRight = d.planted(first) && d.complete(a.Report.Findings)
	j.Unsaid = d.unsaid(first, a.Others)
	j.Right = len(j.Unsaid) == 0 && first.Evidence != doctor.NeedsOtherTraces
}

// judgeMention judges what must only be mentioned: it is right if there is no false alarm, and one mention can be understood.
func (d Diagnosis) judgeMention(j *Judgement, a Answer) {
	j.Saving = d.saving(a.Report)
	j.KindRight = slices.ContainsFunc(a.Report.AlsoSeen, func(f doctor.Finding) bool { return f.Kind == d.Kind })
	j.PlaceRight = j.KindRight && d.complete(a.Report.AlsoSeen)
	for _, f := range a.Report.AlsoSeen {
		if !d.planted(f) {
			continue
		}
		j.Unsaid = d.unsaid(f, a.Others)
		if j.Right = len(j.Unsaid) == 0 && len(j.FalseAlarms) == 0; j.Right {
			return
		}
	}
}

// planted reports whether a finding is the expected one, in one of its places.
func (d Diagnosis) planted(f doctor.Finding) bool {
	return d.Kind != "" && f.Kind == d.Kind && slices.ContainsFunc(d.Places, func(p Place) bool { return p.isOf(f) })
}

// complete reports whether the planted ones among the findings name every place.
func (d Diagnosis) complete(findings []doctor.Finding) bool {
	return !slices.ContainsFunc(d.Places, func(p Place) bool {
		return !slices.ContainsFunc(findings, func(f doctor.Finding) bool { return f.Kind == d.Kind && p.isOf(f) })
	})
}

// unsaid lists the details that a finding does not state.
func (d Diagnosis) unsaid(f doctor.Finding, others []*trace.Trace) (list []string) {
	for _, detail := range d.Details {
		if !detail.in(f, others) {
			list = append(list, detail.What)
		}
	}
	return list
}

// saving is what the report predicts that the fix saves. The fix covers all places at once. As long as no other finding ranks
// before one of the planted ones, it is the duration less what remains after the last of them, because that figure includes
// all findings before it; otherwise, and for mentions, which have no rank, the sum of the middles of their ranges. A range that begins
// at 0, and a wait for what other requests use too, predict no value but an upper bound: then it is the sum of the upper ends.
func (d Diagnosis) saving(r doctor.Report) (s Saving) {
	findings, first := r.Findings, true
	if d.Mention {
		findings, first = r.AlsoSeen, false
	}
	var value, most trace.Micros
	for _, f := range findings {
		if !d.planted(f) {
			first = false
			continue
		}
		s.Basis = weaker(s.Basis, f.Saving.Basis)
		s.UpperBound = s.UpperBound || f.Saving.LowUS == 0 || f.Saving.Basis != doctor.Structural
		most += f.Saving.HighUS
		value += (f.Saving.LowUS + f.Saving.HighUS) / 2
		if first {
			value = r.Root.DurationUS - f.AfterUS
		}
	}
	if s.UpperBound {
		value = most
	}
	s.US = min(value, r.Root.DurationUS)
	return s
}

// weaker is the basis of two savings together: structural only if both are.
func weaker(a, b doctor.Basis) doctor.Basis {
	if a == "" || a == doctor.Structural {
		return b
	}
	return a
}
