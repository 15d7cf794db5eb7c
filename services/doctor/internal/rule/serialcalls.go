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
	Kind:  "serial-calls",
	Lead:  "{service} makes calls one after another that could run in parallel",
	Title: "Different calls made one after another that could run in parallel",
	Doc: `Under one span, two or more different calls (or operations that contain calls) follow each other with almost
no pause, all on the critical path. The same call repeated is n-plus-one instead. The same call to several
services or shards in turn is a chain like any other. A call that follows a failed one is not part of the chain:
it is a fallback, made because of the failure.

Without evidence that they could run in parallel, they are only mentioned. Other traces in which they ran in
another order, or at the same time, show that they are independent (high confidence). So does a later call without
a new identifier: each of its identifiers was in the request or in an earlier call, so none can come from an
earlier result (medium confidence). An identifier that appears nowhere before came from a result and ends the
chain, and so does a write, a transaction, or a step that by its name authenticates or authorizes the user. A stage
that was started in the context of the one before, after that had ended, needs its result.

Also only mentioned is a chain that would save less than 5 ms in parallel, because its calls may have been started
together: on a busy CPU, one can finish before the next begins. So is a chain among other calls that run with
limited concurrency, each starting when another ends, because its order is chance; and a chain that ran in this
order in twenty other traces and never in another, whatever its identifiers show.

Saving: the chain replayed with every call starting when the first one does.

What can mislead it: a result that decides whether the next call is made at all, identifiers that the
instrumentation hides, and a callee that slows down when it gets several calls at once.`,
	Find: findSerialCalls,
}

func findSerialCalls(e *evidence.Exam) []Suspicion {
	var all gathering
	inLoop := e.InLoops()
	byParent := e.Stages(true)
	for i, stages := range byParent {
		byParent[i] = slices.DeleteFunc(stages, func(s evidence.Stage) bool { return inLoop[s.Span.Index] })
	}
	for _, chain := range e.Chains(byParent) {
		all.add(suspectSerialCalls(e, chain))
	}
	return all.heaviest(e)
}

func suspectSerialCalls(e *evidence.Exam, chain []evidence.Stage) Suspicion {
	chain, confidence, why := independentPart(e, chain)
	parent, last := chain[0].Span.Parent, chain[len(chain)-1]
	s := Suspicion{Minor: confidence == finding.Low, Spans: make([]*trace.Span, len(chain))}
	for i, st := range chain {
		s.Spans[i] = st.Span
		if i < mostNamed {
			s.Figures.Names = append(s.Figures.Names, st.Name())
		}
	}
	s.Service, s.Operation, s.Callee, s.Count = parent.Service, parent.Name, last.Calls[0].Callee, len(chain)
	s.Low = []path.Change{path.Together(s.Spans...)}
	s.High = s.Low
	s.Saving.Basis, s.Confidence, s.Evidence = finding.Structural, confidence, finding.Sufficient
	if confidence == finding.Low {
		s.Evidence = finding.NeedsOtherTraces
	}
	s.Reason("%s under `%s` run one after another, %s together", listStages(chain), parent.Name, e.PathIn(s.Spans))
	if why != "" {
		s.Reason("%s", why)
	}
	s.Unless = "a later call needs the result of an earlier one, or is made only because of it"
	s.Fix = "run them in parallel and wait for all of them"
	return s
}

// schedulingNoise is how long a task may wait for a CPU. Tasks that are started together and finish sooner can look as if one had
// waited for the other.
const schedulingNoise = 5 * trace.Millisecond

// independentPart returns the part of a chain whose stages are shown to be independent of each other, how sure that is, and what shows it.
// If nothing does, it returns the whole chain with low confidence.
func independentPart(e *evidence.Exam, chain []evidence.Stage) ([]evidence.Stage, finding.Confidence, string) {
	reordered := bestPart(chain, func(a, b evidence.Stage) bool { return e.History.Order([]evidence.Stage{a, b}).Otherwise > 0 })
	shown := bestPart(chain, func(_, b evidence.Stage) bool { return showsKeys(b) })
	order := e.History.Order(chain)
	switch {
	case parallelSaving(chain) < schedulingNoise:
		return chain, finding.Low, "they are so short that they may have been started together, on a busy CPU"
	case evidence.OneOfSeveral(chain):
		return chain, finding.Low, "other calls run in parallel with them, each starting when one ends: the concurrency is limited"
	case parallelSaving(reordered) >= schedulingNoise:
		others := evidence.Times(e.History.Order(reordered).Otherwise, "other trace")
		return reordered, finding.High, fmt.Sprintf("in %s they ran in another order or in parallel", others)
	case order.Same >= 20:
		return chain, finding.Low, fmt.Sprintf("in %d other traces they also ran one after another, always in this order", order.Same)
	case parallelSaving(shown) >= schedulingNoise:
		return shown, finding.Medium, "no identifier in a later call is new, so none comes from an earlier result"
	}
	return chain, finding.Low, ""
}

// showsKeys reports whether all calls of a stage show their key. A chain does not contain calls with new identifiers in their keys.
func showsKeys(s evidence.Stage) bool {
	return !slices.ContainsFunc(s.Calls, func(c *call.Call) bool { return c.Key == "" })
}

// bestPart returns the part of a chain that would save most in parallel, among those in which ok holds for each two neighbours.
func bestPart(chain []evidence.Stage, ok func(a, b evidence.Stage) bool) (best []evidence.Stage) {
	for from, to := 0, 0; from < len(chain); from = to {
		for to = from + 1; to < len(chain) && ok(chain[to-1], chain[to]); to++ {
		}
		if parallelSaving(chain[from:to]) > parallelSaving(best) {
			best = chain[from:to]
		}
	}
	return best
}

// parallelSaving is how much longer the stages take one after another than in parallel.
func parallelSaving(chain []evidence.Stage) trace.Micros {
	var sum, longest trace.Micros
	for _, s := range chain {
		sum += s.Span.Duration
		longest = max(longest, s.Span.Duration)
	}
	return sum - longest
}

// mostNamed is the number of stages that a finding names.
const mostNamed = 8

// listStages names the first few stages. If they all make the same call, it names the callees instead.
func listStages(chain []evidence.Stage) string {
	first := chain[0].Name()
	same := !slices.ContainsFunc(chain, func(s evidence.Stage) bool { return s.Name() != first })
	var names []string
	for _, s := range chain[:min(len(chain), mostNamed)] {
		name := "`" + call.Shorten(s.Name()) + "`"
		if same {
			name = cmp.Or(s.Calls[0].Callee, s.Calls[0].Shard)
		}
		names = append(names, name)
	}
	list := strings.Join(names, ", ")
	if same {
		list = "`" + call.Shorten(first) + "` in " + list
	}
	if left := len(chain) - len(names); left > 0 {
		list += fmt.Sprintf(" and %d more", left)
	}
	return list
}
