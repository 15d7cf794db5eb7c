package scenario

import (
	"slices"
	"strings"

	"spanwise/doctor"
)

// A Judgement is what a report is worth, measured by what a good one says.
type Judgement struct {
	Found     doctor.Kind // of the first finding; "" if there is none
	Right     bool        // what was to be found was found or, where there was nothing, nothing
	Place     bool        // and in the right place
	True      int         // findings that are so
	False     []doctor.Finding
	Predicted int64 // µs that the cure saves, by the findings that are right; 0 if they claim nothing
	Cap       bool  // Predicted is the most that can be saved, not what will be
}

// Judge compares a report with the diagnosis. What counts is the first finding: it is what a person acts upon.
func (d Diagnosis) Judge(r doctor.Report) Judgement {
	var j Judgement
	var right []doctor.Finding
	for _, f := range r.Findings {
		switch {
		case !d.Mention && d.Kind != "" && f.Kind == d.Kind && d.placed(f):
			right = append(right, f)
			j.True++
		case d.also(f.Kind):
			j.True++
		default:
			j.False = append(j.False, f)
		}
	}
	if len(r.Findings) > 0 {
		j.Found = r.Findings[0].Kind
	}
	switch {
	case d.Kind == "":
		j.Right = len(j.False) == 0
		j.Place = j.Right
		return j
	case d.Mention:
		right = d.mentioned(r.AlsoSeen)
		j.Right = len(j.False) == 0 && len(right) > 0 && d.understood(right)
		if j.Right {
			j.Found = d.Kind
		}
	default:
		j.Right = j.Found == d.Kind && d.understood(r.Findings[:1])
		j.Predicted, j.Cap = d.predicted(r)
	}
	j.Place = j.Right && d.covered(right) && (d.Mention || d.placed(r.Findings[0]))
	return j
}

// mentioned are the mentions of what the diagnosis is about.
func (d Diagnosis) mentioned(list []doctor.Finding) []doctor.Finding {
	return slices.DeleteFunc(slices.Clone(list), func(f doctor.Finding) bool { return f.Kind != d.Kind || !d.placed(f) })
}

func (d Diagnosis) placed(f doctor.Finding) bool {
	return slices.ContainsFunc(d.Places, func(p Place) bool { return p.Names(f) })
}

// covered reports whether every place is named by one of the findings.
func (d Diagnosis) covered(findings []doctor.Finding) bool {
	return !slices.ContainsFunc(d.Places, func(p Place) bool { return !slices.ContainsFunc(findings, p.Names) })
}

func (d Diagnosis) also(k doctor.Kind) bool {
	return slices.ContainsFunc(d.Also, func(a Also) bool { return a.Kind == k })
}

// understood reports whether one of the findings says what must be said.
func (d Diagnosis) understood(findings []doctor.Finding) bool {
	return slices.ContainsFunc(findings, func(f doctor.Finding) bool {
		return strings.Contains(f.Because+" "+f.Fix, d.Says)
	})
}

// predicted is what the report says the cure saves. The cure mends all places at once, so it is what remains after the
// last of the findings that are right, as long as no other one ranks before it, since that figure includes
// all before. Otherwise it is the middle of their own ranges, added up. Where a range begins at nothing it claims no
// value: then it is the upper ends, as a cap.
func (d Diagnosis) predicted(r doctor.Report) (us int64, isCap bool) {
	var saving, sum, most int64
	clean := true
	for _, f := range r.Findings {
		if f.Kind != d.Kind || !d.placed(f) {
			clean = false
			continue
		}
		isCap = isCap || f.Saving.LowUS == 0 || f.Saving.Basis != doctor.Structural
		most += f.Saving.HighUS
		sum += (f.Saving.LowUS + f.Saving.HighUS) / 2
		if clean {
			saving = r.Root.DurationUS - f.AfterUS
			sum = saving
		}
	}
	if isCap {
		return min(most, r.Root.DurationUS), true
	}
	return min(max(saving, sum), r.Root.DurationUS), false
}

// Decided reports whether a report on one trace settles the matter. It does not if it says that one trace cannot tell;
// nor if it found nothing in one where the scenario lies in several. The next step is to look at the others too.
func (s Scenario) Decided(r doctor.Report) bool {
	if len(r.Findings) == 0 {
		return r.UnexplainedShare < 0.5 && !s.Scattered && s.Crowd < 2
	}
	return r.Findings[0].Evidence == doctor.Sufficient
}
