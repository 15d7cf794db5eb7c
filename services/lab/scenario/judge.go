package scenario

import (
	"slices"

	"spanwise/doctor"
	"spanwise/doctor/trace"
)

// A Judgement is what an answer is worth, measured by what a good one says.
type Judgement struct {
	Found     doctor.Kind // of the first finding; "" if there is none
	Kind      bool        // what was to be found comes first, or is mentioned, wherever and however it is told
	Right     bool        // what was to be found was found and told or, where there was nothing, nothing
	Place     bool        // it is of the kind and in the right place
	True      []Claim     // findings of what was planted
	Beside    []Claim     // findings of what is true as well
	False     []Claim
	Basis     doctor.Basis // of what the findings that are right claim; "" if there are none
	Predicted int64        // µs that the cure saves, by the findings that are right; 0 if they claim nothing
	Cap       bool         // Predicted is the most that can be saved, not what will be
	Unsaid    []string     // what the right finding lacks to be understood
}

// A Claim is what a finding claims, and where.
type Claim struct {
	Kind  doctor.Kind
	Place Place
}

func claim(f doctor.Finding) Claim { return Claim{f.Kind, Place{f.Service, f.Callee}} }

// String is for people.
func (c Claim) String() string { return string(c.Kind) + " " + c.Place.String() }

// Judge compares an answer with the diagnosis. What counts is the first finding: it is what a person acts upon.
func (d Diagnosis) Judge(a Answer) Judgement {
	r := a.Report
	var j Judgement
	var right []doctor.Finding
	for _, f := range r.Findings {
		switch {
		case d.planted(f) && !d.Mention:
			right = append(right, f)
			j.True = append(j.True, claim(f))
		case d.also(f):
			j.Beside = append(j.Beside, claim(f))
		default:
			j.False = append(j.False, claim(f))
		}
	}
	if len(r.Findings) > 0 {
		j.Found = r.Findings[0].Kind
	}
	switch {
	case d.Kind == "":
		j.Right = len(j.False) == 0
		j.Kind, j.Place = j.Right, j.Right
	case d.Mention:
		right = slices.DeleteFunc(slices.Clone(r.AlsoSeen), func(f doctor.Finding) bool { return !d.planted(f) })
		d.judgeMention(&j, r, right, a.Others)
		j.Place = j.Kind && d.covered(right)
	default:
		d.judgeFirst(&j, r, a.Others)
		j.Place = j.Kind && d.covered(right) && d.planted(r.Findings[0])
	}
	return j
}

// judgeFirst judges what comes first: it is right if it is of the kind, stands on sufficient evidence and can be understood.
func (d Diagnosis) judgeFirst(j *Judgement, r doctor.Report, others []*trace.Trace) {
	j.Predicted, j.Cap, j.Basis = d.predicted(r)
	if j.Kind = j.Found == d.Kind; !j.Kind {
		return
	}
	j.Unsaid = d.unsaid(r.Findings[0], others)
	j.Right = len(j.Unsaid) == 0 && r.Findings[0].Evidence != doctor.NeedsOtherTraces
}

// judgeMention judges what is only to be mentioned: nothing false is found, and one of the mentions can be understood.
func (d Diagnosis) judgeMention(j *Judgement, r doctor.Report, mentions []doctor.Finding, others []*trace.Trace) {
	j.Kind = slices.ContainsFunc(r.AlsoSeen, func(f doctor.Finding) bool { return f.Kind == d.Kind })
	j.Predicted, j.Cap, j.Basis = d.predicted(r)
	for _, f := range mentions {
		j.Unsaid = d.unsaid(f, others)
		if len(j.Unsaid) == 0 && len(j.False) == 0 {
			j.Right = true
			return
		}
	}
}

// planted reports whether a finding is what the diagnosis is about, in one of its places.
func (d Diagnosis) planted(f doctor.Finding) bool {
	return d.Kind != "" && f.Kind == d.Kind && slices.ContainsFunc(d.Places, func(p Place) bool { return p.Names(f) })
}

func (d Diagnosis) also(f doctor.Finding) bool {
	return slices.ContainsFunc(d.Also, func(a Also) bool { return a.Excuses(claim(f)) })
}

// covered reports whether the findings name every place, the first of them one of these.
func (d Diagnosis) covered(findings []doctor.Finding) bool {
	return !slices.ContainsFunc(d.Places, func(p Place) bool { return !slices.ContainsFunc(findings, p.Names) })
}

// unsaid lists what a finding should have said.
func (d Diagnosis) unsaid(f doctor.Finding, others []*trace.Trace) (list []string) {
	for _, s := range d.Says {
		if !s.in(f, others) {
			list = append(list, s.What)
		}
	}
	return list
}

// predicted is what the report says the cure saves, a mention included, which has no rank. The cure mends all places at
// once, so it is what remains after the last of the findings that are right, as long as no other one ranks before it,
// since that figure includes all before. Otherwise it is the middle of their own ranges, added up. Where a range begins at nothing, or what is shared is
// waited for, it claims no value: then it is the upper ends, as a cap.
func (d Diagnosis) predicted(r doctor.Report) (us int64, isCap bool, basis doctor.Basis) {
	findings, clean := r.Findings, true
	if d.Mention {
		findings, clean = r.AlsoSeen, false
	}
	var sum, most int64
	for _, f := range findings {
		if !d.planted(f) {
			clean = false
			continue
		}
		basis = weaker(basis, f.Saving.Basis)
		isCap = isCap || f.Saving.LowUS == 0 || f.Saving.Basis != doctor.Structural
		most += f.Saving.HighUS
		sum += (f.Saving.LowUS + f.Saving.HighUS) / 2
		if clean {
			sum = r.Root.DurationUS - f.AfterUS
		}
	}
	if isCap {
		return min(most, r.Root.DurationUS), true, basis
	}
	return min(sum, r.Root.DurationUS), false, basis
}

// weaker is the claim that is left of two: a structural one holds only if both are.
func weaker(a, b doctor.Basis) doctor.Basis {
	if a == "" || a == doctor.Structural {
		return b
	}
	return a
}
