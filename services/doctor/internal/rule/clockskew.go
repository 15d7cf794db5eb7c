package rule

import (
	"fmt"

	"spanwise/doctor/finding"
	"spanwise/doctor/internal/evidence"
	"spanwise/doctor/trace"
)

var clockSkew = Rule{
	Kind:  "clock-skew",
	Lead:  "The clock of {service} is off",
	Title: "Two clocks disagree, so effects seem to precede their causes",
	Doc: `Each call bounds how far its callee's clock may be off: the server span must fit into the client span.
All calls between two processes bound it together. If the bounds exclude zero, the clocks provably disagree, and
the middle of the remaining range is the offset, give or take half its width. If the bounds contradict each
other, the cause is not a clock. Less than a millisecond counts as rounding. A span that starts before the one on
another machine that caused it proves it from one side, no matter what waited for what.

The clock of the root is taken as correct, and so is every other that agrees with it. If one wrong clock explains
what would otherwise take several, it is that one: a service whose answer seems to come too late, and whose
callees seem to work too early.

The spans of that process are then shifted for ordering and display. Durations, on which everything else rests,
never change.

Saving: none; wrong clocks cost no time, only understanding.

What can mislead it: server spans that start only after the client has stopped waiting, in all calls between the
two.`,
	Find: findClockSkew,

	CostsNoTime: true,
}

// mostClocks is how many processes that disagree with the same clock are reported one by one; more become one finding.
const mostClocks = 3

func findClockSkew(e *evidence.Exam) []Suspicion {
	var references []string
	wrong := map[string][]trace.Skew{}
	for _, k := range e.Trace.Skews {
		if wrong[k.Reference] == nil {
			references = append(references, k.Reference)
		}
		wrong[k.Reference] = append(wrong[k.Reference], k)
	}
	var found []Suspicion
	for _, reference := range references {
		clocks := wrong[reference]
		if len(clocks) > mostClocks {
			found = append(found, newClockSkew(e, clocks...))
			continue
		}
		for _, k := range clocks {
			found = append(found, newClockSkew(e, k))
		}
	}
	return found
}

// newClockSkew is the finding about clocks that disagree with the same one.
func newClockSkew(e *evidence.Exam, clocks ...trace.Skew) Suspicion {
	type process struct{ service, host string }
	off := map[process]bool{}
	s, k := Suspicion{}, clocks[0]
	for _, c := range clocks {
		off[process{c.Service, c.Host}] = true
		s.Count += c.Calls
	}
	for _, span := range e.Trace.Spans {
		if off[process{span.Service, span.Host}] && span.Remote() {
			s.Spans = append(s.Spans, span)
		}
	}
	s.Service, s.Callee = k.Service, k.Reference
	s.Operation = operationOf(s.Spans)
	s.Saving.Basis, s.Confidence, s.Evidence = finding.None, finding.High, finding.Sufficient
	ahead := "ahead of"
	if k.Offset < 0 {
		ahead = "behind"
	}
	fit := fmt.Sprintf("do all %d calls fit inside their callers' spans", k.Calls)
	if k.Calls == 1 {
		fit = "does its call fit inside its caller's span"
	}
	if k.CalleesExplained > 0 {
		fit += fmt.Sprintf(", and the work of %s inside its own", evidence.Times(k.CalleesExplained, "callee"))
	}
	by, width := "", ""
	switch {
	case k.LowerBound:
		by, fit = "at least ", "does its work start after what caused it"
	case k.HalfWidth > 0:
		width = fmt.Sprintf(" (give or take %s)", k.HalfWidth)
	}
	s.Reason("the clock of %s is %s%s %s that of %s%s: only then %s", k.Service, by, max(k.Offset, -k.Offset), ahead, k.Reference, width, fit)
	s.Figures.OffsetUS = k.Offset
	s.Unless = "these server spans started only after their callers had stopped waiting"
	s.Fix = fmt.Sprintf("check the time synchronization of the hosts of %s and %s", k.Service, k.Reference)
	if more := len(clocks) - 1; more > 0 {
		s.Reason("the clocks of %d more processes disagree with it too", more)
		s.Fix += ", and of the others"
	}
	return s
}

func operationOf(spans []*trace.Span) string {
	if len(spans) == 0 {
		return ""
	}
	return spans[0].Name
}
