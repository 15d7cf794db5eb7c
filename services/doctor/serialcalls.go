package doctor

import (
	"fmt"
	"slices"

	"spanwise/doctor/call"
	"spanwise/doctor/path"
	"spanwise/doctor/trace"
)

var serialCalls = rule{
	kind:  SerialCalls,
	title: "Different calls made one after another that could run side by side",
	doc: `Under one span, two or more different calls (or operations that contain calls) follow each other
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

What fools it: answers that decide whether the next call is made at all, identifiers that the instrumentation
hides, and a callee that becomes slower when asked side by side.`,
	find: findSerialCalls,
}

func findSerialCalls(e *exam) []suspicion {
	var all gathering
	inLoop := e.inLoops()
	byParent := e.stages(true)
	for i, list := range byParent {
		byParent[i] = slices.DeleteFunc(list, func(s stage) bool { return inLoop[s.span.Index] })
	}
	for _, chain := range e.chains(byParent) {
		all.add(e.serialCalls(chain))
	}
	return all.heaviest(e)
}

// noise is how long a task that was started may wait for a processor, in µs. Tasks that are started at once, and together are over
// sooner, can look as if one had waited for the other.
const noise = 5_000

func (e *exam) serialCalls(chain []stage) suspicion {
	chain, confidence, why := e.evidence(chain)
	s := suspicion{minor: confidence == Low, spans: make([]*trace.Span, len(chain))}
	parent := chain[0].span.Parent
	for i, st := range chain {
		s.spans[i] = st.span
	}
	s.Service, s.Operation, s.Count = parent.Service, parent.Name, len(chain)
	s.Callee = chain[len(chain)-1].calls[0].Callee
	s.Saving.Basis = Structural
	s.low = []path.Change{path.Together(s.spans...)}
	s.high = s.low
	s.Because = fmt.Sprintf("%s under `%s` run one after another, %s together%s", named(chain), parent.Name, ms(e.onPath(s.spans)), why)
	s.Unless = "a later call needs an earlier one's answer, or depends on what it says"
	s.Fix = "start them side by side and wait for all"
	s.Confidence, s.Evidence = confidence, Sufficient
	if confidence == Low {
		s.Evidence = NeedsOtherTraces
	}
	return s
}

// evidence says what speaks for a chain's parts being independent of each other. Where it does so for a part of the chain, that is what is
// returned; what is known of no part leaves the chain as it is, with little confidence.
func (e *exam) evidence(chain []stage) (part []stage, c Confidence, why string) {
	otherwise := costliest(chain, func(a, b stage) bool { return e.history.order([]stage{a, b}).otherwise > 0 })
	known := costliest(chain, func(_, b stage) bool { return b.shows() })
	order := e.history.order(chain)
	switch {
	case spare(chain) < noise:
		return chain, Low, "; they are so short that they may have been started at once, on a busy processor"
	case oneOfSeveral(chain):
		return chain, Low, "; others run beside them, each beginning when one ends: so many at a time are allowed"
	case spare(otherwise) >= noise:
		return otherwise, High, fmt.Sprintf("; in %s they ran otherwise", times(e.history.order(otherwise).otherwise, "other trace"))
	case order.same >= 20:
		return chain, Low, fmt.Sprintf("; so they do in %d other traces, always in this order", order.same)
	case spare(known) >= noise:
		return known, Medium, "; no identifier in a later one is new, so none comes from an earlier answer"
	}
	return chain, Low, ""
}

// shows reports whether all calls of a stage show what they ask for. That nothing of it is new, the chain has made sure of.
func (s stage) shows() bool {
	return !slices.ContainsFunc(s.calls, func(c *call.Call) bool { return c.Key == "" })
}

// costliest is the part of a chain, each neighbours of which are ok, that has most to spare.
func costliest(chain []stage, ok func(a, b stage) bool) (best []stage) {
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
func spare(chain []stage) (us int64) {
	longest := int64(0)
	for _, s := range chain {
		us += s.span.Duration
		longest = max(longest, s.span.Duration)
	}
	return us - longest
}
