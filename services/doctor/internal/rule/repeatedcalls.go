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

var repeatedCalls = Rule{
	Kind:  "repeated-calls",
	Lead:  "{service} sends the same request[ to {callee}] again and again",
	Title: "The same call with the same key, repeated in one request or made by many requests at once",
	Doc: `The same call with the same key (same URL, or same statement with the same values) is made at least twice,
anywhere in the trace and by any service, with the same outcome. Fewer than five calls must take a twentieth of the
request. The call only reads, and nothing is written to the same callee in between. The result should be cached in
the lowest common ancestor of the calls.

It is not a repetition if the first outcome differs (401, then 200; 202 until 200, which is waiting for a
result), if the call may change something (a sequence, a lock, SELECT … FOR UPDATE, a function that reads no
table), if it continues a list (FETCH, getMore, SCAN), or if it goes once to each of several addresses (shards).

With other traces: at least three other requests have the same call with the same key in flight at the same moment,
after a cache miss, or although half of four or more requests of this kind do without it. This is a cache stampede.
Without either sign the calls add load rather than latency, and are only mentioned, if six or more coincide.

Saving: the low estimate replays all calls but the first as taking no time. The high one also removes what goes with
each of them, as for n-plus-one, if they are one loop. For a stampede this is only an upper bound, because
one request must still make the call.

What can mislead it: a result that changes between the calls, and reads that must be fresh.`,
	Find: findRepeatedCalls,
}

func findRepeatedCalls(e *evidence.Exam) []Suspicion {
	const most = 16 // the heaviest; each costs a replay
	groups := slices.DeleteFunc(groupByKey(e), func(g *keyGroup) bool {
		return len(g.calls) < 2 || len(g.calls) < 5 && g.onPath < e.Threshold() || g.oncePerInstance()
	})
	slices.SortStableFunc(groups, func(a, b *keyGroup) int {
		return cmp.Or(cmp.Compare(b.onPath, a.onPath), cmp.Compare(a.calls[0].Span.Index, b.calls[0].Span.Index))
	})
	var found []Suspicion
	for _, g := range groups[:min(len(groups), most)] {
		if !outcomeChanges(e, g) && !isPolling(e, g) {
			found = append(found, suspectRepeatedCalls(e, g))
		}
	}
	return append(found, findStampedes(e)...)
}

func suspectRepeatedCalls(e *evidence.Exam, g *keyGroup) Suspicion {
	first, n := g.calls[0], len(g.calls)
	s := Suspicion{}
	var callers []string
	s.Spans = g.spans()
	for _, c := range g.calls {
		callers = append(callers, c.Caller)
	}
	s.Low, s.High = withoutRepeats(e, g)
	slices.Sort(callers)
	above := commonAncestor(s.Spans)
	s.Service, s.Operation, s.Callee, s.Count, s.CriticalPathUS = above.Service, above.Name, first.Callee, n, g.onPath
	s.Saving.Basis, s.Evidence, s.Confidence = finding.Structural, finding.Sufficient, finding.Medium
	if n >= 3 {
		s.Confidence = finding.High
	}
	s.Reason("%s was sent %d times with the same key (%s), by %s",
		first.Describe(), n, call.Shorten(first.Key), strings.Join(slices.Compact(callers), " and "))
	if same, known := sameSize(g.calls); known && same {
		s.Confidence = finding.High
		s.Reason("the results have the same size")
	} else if known {
		s.Confidence, s.Minor = finding.Low, true
		s.Reason("but the results differ in size")
	}
	s.Unless = "the result changes between the calls, or must be fresh each time"
	s.Fix = fmt.Sprintf("call once and cache the result in %s (`%s` is above all of these calls)", above.Service, above.Name)
	return s
}

// withoutRepeats returns the cautious fix and the thorough one. The thorough one also removes what the driver and the loop do around each
// call, if all the calls are one loop. Pauses that are longer than a call are the caller's own work, and stay.
func withoutRepeats(e *evidence.Exam, g *keyGroup) (low, high []path.Change) {
	low = shortened(g.spans()[1:], 0)
	l := g.loop(e)
	if l == nil || len(l.Calls) != len(g.calls) || l.Units[0] != g.calls[0].Span || l.WorksBetween() {
		return low, low
	}
	return low, []path.Change{path.Removed(g.spans()[1:]...), path.Removed(e.Company(l)...)}
}

// sameSize reports whether all results have the same number of rows or bytes; known is false if the trace does not show it.
func sameSize(calls []*call.Call) (same, known bool) {
	for _, m := range []trace.Meaning{trace.DBRows, trace.BodySize} {
		if first := calls[0].Get(m); first != "" {
			return !slices.ContainsFunc(calls, func(c *call.Call) bool { return c.Get(m) != first }), true
		}
	}
	return false, false
}

// isPolling reports whether the calls wait for a change: they, or calls above them, are made at even or growing intervals, or they
// are long polls.
func isPolling(e *evidence.Exam, g *keyGroup) bool {
	if l := g.loop(e); l != nil {
		return l.Polling() || isLongPolling(l)
	}
	return slices.ContainsFunc(e.Loops(), func(l *evidence.Loop) bool { return l.Polling() && g.isBelow(l.Units) })
}

// isLongPolling reports whether all calls take the same round time of a second or more: the callee answers when something changes, or then.
func isLongPolling(l *evidence.Loop) bool {
	const least = trace.Second
	durations := evidence.Durations(l.Work())
	shortest, longest := slices.Min(durations), slices.Max(durations)
	return shortest >= least && longest-shortest <= shortest/20 && evidence.RoundTime(shortest) > 0
}

// commonAncestor returns the lowest span above all the spans. Spans of different trees count as below the same root.
func commonAncestor(spans []*trace.Span) *trace.Span {
	var chain []*trace.Span         // above the first span
	height := map[*trace.Span]int{} // in the chain; 0 for other spans visited, because top accounts for them
	for s := spans[0].Parent; s != nil; s = s.Parent {
		height[s] = len(chain)
		chain = append(chain, s)
	}
	if len(chain) == 0 {
		return spans[0]
	}
	top := 0
	for _, span := range spans[1:] {
		s := span.Parent
		for ; s != nil; s = s.Parent {
			if h, visited := height[s]; visited {
				top = max(top, h)
				break
			}
			height[s] = 0
		}
		if s == nil {
			top = len(chain) - 1
		}
	}
	return chain[top]
}
