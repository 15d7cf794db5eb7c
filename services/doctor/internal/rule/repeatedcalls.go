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
	Kind:  finding.RepeatedCalls,
	Title: "Exactly the same question asked again, in one request or by many at once",
	Doc: `The same call with the same key (same URL, same statement with the same values) is made at least
twice, anywhere in the trace, by whichever service, and is answered alike. It only reads, and nothing was written
to the same place in between. The layer that sees all of the calls, their lowest common ancestor, is where the
answer should be remembered.

It is not the same question where the first answer is another one (401, then 200; 202 until 200: somebody waits),
where the call changes something (a sequence, a lock, SELECT … FOR UPDATE, a function that reads no table), where
it goes on with a list (FETCH, getMore, SCAN), or where it goes once to each of several addresses (shards).

With other traces: the same question is in flight for at least three other requests at the same moment, after a
cache was asked in vain or while other requests of the kind do without it: a cache stampede.

Saving: all calls but the first replayed as nothing. For a stampede only an upper bound, since somebody has to
ask.

What can mislead it: an answer that changes between the calls, and reads that must be fresh.`,
	Find: findRepeatedCalls,
}

func findRepeatedCalls(e *evidence.Exam) []Suspicion {
	const most = 16 // the heaviest; more are not worth replaying
	groups := slices.DeleteFunc(sameQuestions(e), func(g *sameQuestion) bool {
		return len(g.calls) < 2 || len(g.calls) < 5 && g.path < e.Threshold() || g.parts()
	})
	slices.SortStableFunc(groups, func(a, b *sameQuestion) int { return cmp.Compare(b.path, a.path) })
	var found []Suspicion
	for _, g := range groups[:min(len(groups), most)] {
		if !awaited(e, g) {
			found = append(found, repeatedOf(e, g.calls))
		}
	}
	return append(found, stampedes(e)...)
}

// within reports whether s runs inside the last of the calls: a question handed on is not asked again.
func within(s *trace.Span, calls []*call.Call) bool {
	const deep = 32
	if len(calls) == 0 {
		return false
	}
	last := calls[len(calls)-1].Span
	for p, n := s.Parent, 0; p != nil && n < deep; p, n = p.Parent, n+1 {
		if p == last {
			return true
		}
	}
	return false
}

func repeatedOf(e *evidence.Exam, group []*call.Call) Suspicion {
	first := group[0]
	s := Suspicion{}
	var services []string
	for _, c := range group {
		s.Spans = append(s.Spans, c.Span)
		s.CriticalPathUS += e.Total[c.Span.Index]
		services = append(services, c.Caller)
	}
	for _, c := range group[1:] {
		s.High = append(s.High, path.Lasting(c.Span, 0))
	}
	s.Low = s.High
	slices.Sort(services)
	services = slices.Compact(services)
	layer := commonAncestor(s.Spans)
	s.Service, s.Operation, s.Callee, s.Count = layer.Service, layer.Name, first.Callee, len(group)
	s.Saving.Basis, s.Evidence, s.Confidence = finding.Structural, finding.Sufficient, finding.Medium
	if len(group) >= 3 {
		s.Confidence = finding.High
	}
	if polled(e, group) {
		s.Minor = true
	}
	s.Reason("%s was asked %d times with the same key (%s), by %s",
		first.Describe(), len(group), call.Shorten(first.Key), strings.Join(services, " and "))
	if same, known := sameAnswer(group); known && same {
		s.Confidence = finding.High
		s.Reason("the answers have the same size")
	} else if known {
		s.Confidence, s.Minor = finding.Low, true
		s.Reason("but the answers differ in size")
	}
	s.Unless = "the answer changes in between, or must be fresh each time"
	s.Fix = fmt.Sprintf("ask once and remember the answer in %s, in `%s`, which sees all of them", layer.Service, layer.Name)
	return s
}

// polled reports calls at even or growing intervals, or each held back until the same round time: waiting for a change, not forgetting an
// answer.
func polled(e *evidence.Exam, group []*call.Call) bool {
	for _, l := range e.Loops() {
		if slices.Contains(l.Calls, group[0]) {
			return l.Polling() || longPolled(l)
		}
	}
	return slices.ContainsFunc(e.Loops(), func(l *evidence.Loop) bool { return l.Polling() && holds(l, group) })
}

// holds reports whether all the calls lie below the loop's turns: what a poll's handler asks, it asks because it is polled.
func holds(l *evidence.Loop, group []*call.Call) bool {
	const deep = 32
	turns := map[*trace.Span]bool{}
	for _, u := range l.Units {
		turns[u] = true
	}
	return !slices.ContainsFunc(group, func(c *call.Call) bool {
		s := c.Span
		for n := 0; s != nil && !turns[s] && n < deep; n++ {
			s = s.Parent
		}
		return s == nil || !turns[s]
	})
}

// longPolled reports calls that all last until the same round time of a second or more: the callee answers when there is news, or then.
func longPolled(l *evidence.Loop) bool {
	const least = 1_000_000 // µs
	took := evidence.Durations(l.Work())
	shortest, longest := slices.Min(took), slices.Max(took)
	return shortest >= least && longest-shortest <= shortest/20 && evidence.RoundTime(shortest) > 0
}

// sameAnswer compares what is known of the answers' size.
func sameAnswer(group []*call.Call) (same, known bool) {
	for _, m := range []trace.Meaning{trace.DBRows, trace.BodySize} {
		first := group[0].Get(m)
		if first == "" {
			continue
		}
		for _, c := range group {
			if c.Get(m) != first {
				return false, true
			}
		}
		return true, true
	}
	return false, false
}

// commonAncestor is the lowest span above all the spans.
func commonAncestor(spans []*trace.Span) *trace.Span {
	height := map[*trace.Span]int{} // above spans[0], of what is known to lead there
	var chain []*trace.Span
	for s := spans[0].Parent; s != nil; s = s.Parent {
		height[s] = len(chain)
		chain = append(chain, s)
	}
	if len(chain) == 0 {
		return spans[0]
	}
	top := 0
	for _, span := range spans[1:] {
		var walked []*trace.Span
		meets := len(chain) - 1 // if another tree, as good as any
		for s := span.Parent; s != nil; s = s.Parent {
			if h, known := height[s]; known {
				meets = h
				break
			}
			walked = append(walked, s)
		}
		for _, s := range walked {
			height[s] = meets
		}
		top = max(top, meets)
	}
	return chain[top]
}
