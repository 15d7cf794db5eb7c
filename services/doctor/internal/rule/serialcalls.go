package rule

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"spanwise/doctor/call"
	"spanwise/doctor/finding"
	"spanwise/doctor/internal/evidence"
	"spanwise/doctor/path"
	"spanwise/doctor/trace"
)

var serialCalls = Rule{
	Kind:  finding.SerialCalls,
	Title: "Different calls made one after another that could run side by side",
	Doc: `Under one span, two or more different calls (or operations that contain calls) follow each other
with hardly a pause, and all are on the critical path. The same call again and again is n-plus-one instead; the
same call to one after another of several services or shards is a chain like any other, unless the one before
failed.

That they could run side by side needs evidence, else they are only mentioned. In other traces they ran in the
other order, or at the same time: independent, high confidence. Or no identifier in a later call is new: each
was in the request itself or in an earlier call, so none can come from an earlier answer: medium. An identifier
that appears nowhere before did come from an answer, and ends the chain. So does a write, a check of
permissions, and a transaction. If side by side would save less than 5 ms, they may well have been started at
once: on a busy processor one is over before the other begins. Nor does it count where the span runs so many
calls at a time, each beginning when another ends: then what follows what is chance.

Saving: the chain replayed with every call starting when the first does.

What can mislead it: answers that decide whether the next call is made at all, identifiers that the instrumentation
hides, and a callee that becomes slower when asked side by side.`,
	Find: findSerialCalls,
}

func findSerialCalls(e *evidence.Exam) []Suspicion {
	var all gathering
	inLoop := e.InLoops()
	byParent := e.Stages(true)
	for i, list := range byParent {
		byParent[i] = slices.DeleteFunc(list, func(s evidence.Stage) bool { return inLoop[s.Span.Index] })
	}
	for _, chain := range e.Chains(byParent) {
		all.add(serialCallsOf(e, chain))
	}
	return all.heaviest(e)
}

// noise is how long a task that was started may wait for a processor, in µs. Tasks that are started at once, and together are over
// sooner, can look as if one had waited for the other.
const noise = 5_000

func serialCallsOf(e *evidence.Exam, chain []evidence.Stage) Suspicion {
	chain, confidence, why := independence(e, chain)
	s := Suspicion{Minor: confidence == finding.Low, Spans: make([]*trace.Span, len(chain))}
	parent := chain[0].Span.Parent
	for i, st := range chain {
		s.Spans[i] = st.Span
	}
	s.Service, s.Operation, s.Count = parent.Service, parent.Name, len(chain)
	s.Callee = chain[len(chain)-1].Calls[0].Callee
	s.Saving.Basis = finding.Structural
	s.Low = []path.Change{path.Together(s.Spans...)}
	s.High = s.Low
	for _, st := range chain {
		s.Figures.Names = append(s.Figures.Names, st.Name())
	}
	s.Reason("%s under `%s` run one after another, %s together%s", named(chain), parent.Name, evidence.Ms(e.PathIn(s.Spans)), why)
	s.Unless = "a later call needs an earlier one's answer, or depends on what it says"
	s.Fix = "start them side by side and wait for all"
	s.Confidence, s.Evidence = confidence, finding.Sufficient
	if confidence == finding.Low {
		s.Evidence = finding.NeedsOtherTraces
	}
	return s
}

// independence says what speaks for a chain's parts being independent of each other. Where it does so for a part of the chain, that is what is
// returned; what is known of no part leaves the chain as it is, with little confidence.
func independence(e *evidence.Exam, chain []evidence.Stage) (part []evidence.Stage, c finding.Confidence, why string) {
	otherwise := costliest(chain, func(a, b evidence.Stage) bool { return e.History.Order([]evidence.Stage{a, b}).Otherwise > 0 })
	known := costliest(chain, func(_, b evidence.Stage) bool { return shows(b) })
	order := e.History.Order(chain)
	switch {
	case spare(chain) < noise:
		return chain, finding.Low, "; they are so short that they may have been started at once, on a busy processor"
	case evidence.OneOfSeveral(chain):
		return chain, finding.Low, "; others run beside them, each beginning when one ends: so many at a time are allowed"
	case spare(otherwise) >= noise:
		return otherwise, finding.High, fmt.Sprintf("; in %s they ran otherwise", evidence.Times(e.History.Order(otherwise).Otherwise, "other trace"))
	case order.Same >= 20:
		return chain, finding.Low, fmt.Sprintf("; so they do in %d other traces, always in this order", order.Same)
	case spare(known) >= noise:
		return known, finding.Medium, "; no identifier in a later one is new, so none comes from an earlier answer"
	}
	return chain, finding.Low, ""
}

// shows reports whether all calls of a stage show what they ask for. That nothing of it is new, the chain has made sure of.
func shows(s evidence.Stage) bool {
	return !slices.ContainsFunc(s.Calls, func(c *call.Call) bool { return c.Key == "" })
}

// costliest is the part of a chain, each neighbours of which are ok, that has most to spare.
func costliest(chain []evidence.Stage, ok func(a, b evidence.Stage) bool) (best []evidence.Stage) {
	for from, to := 0, 0; from < len(chain); from = to {
		for to = from + 1; to < len(chain) && ok(chain[to-1], chain[to]); to++ {
		}
		if spare(chain[from:to]) > spare(best) {
			best = chain[from:to]
		}
	}
	return best
}

// spare is what a chain lasts beyond the longest of its stages, in µs.
func spare(chain []evidence.Stage) (us int64) {
	longest := int64(0)
	for _, s := range chain {
		us += s.Span.Duration
		longest = max(longest, s.Span.Duration)
	}
	return us - longest
}

// named lists the stages for a reader, the first few by name; those that ask the same by whom they ask.
func named(chain []evidence.Stage) string {
	const most = 8
	same := !slices.ContainsFunc(chain, func(s evidence.Stage) bool { return s.Name() != chain[0].Name() })
	var names []string
	for _, s := range chain[:min(len(chain), most)] {
		if same {
			names = append(names, cmp.Or(s.Calls[0].Callee, s.Calls[0].Shard))
		} else {
			names = append(names, "`"+call.Shorten(s.Name())+"`")
		}
	}
	list := strings.Join(names, ", ")
	if same {
		list = "`" + call.Shorten(chain[0].Name()) + "` of " + list
	}
	if left := len(chain) - len(names); left > 0 {
		list += fmt.Sprintf(" and %d more", left)
	}
	return list
}
