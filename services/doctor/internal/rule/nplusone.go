package rule

import (
	"fmt"
	"strings"

	"spanwise/doctor/call"
	"spanwise/doctor/finding"
	"spanwise/doctor/internal/evidence"
	"spanwise/doctor/trace"
)

var nPlusOne = Rule{
	Kind:  "n-plus-one",
	Lead:  "{service} makes {n} calls[ to {callee}] where one or two would do",
	Title: "The same call once per item of a list, where one call could fetch all of them",
	Doc: `One span makes the same call (same method and route, or same statement) at least five times, or at least three
times if the calls take a fifth of the request. Each call may be inside a wrapper span of its own. Connection
set-up, transaction statements and failed attempts that are retried do not count. Several instances that are
called in turn count as one callee. If a list was fetched from the same callee just before, the finding is
certain.

It is not an N+1 if each call already requests several items: a list of keys (IN, = ANY, unnest), rows of VALUES,
a command with many keys, a pipeline with the same command for several keys, or a method named as a batch (BatchGet…, bulkWrite, _msearch). Nor is it
one if the calls fetch pages or read a cursor (see pagination), repeat the same key (see repeated-calls), go to
different hosts (shards), or repeat the same key at even intervals (polling). Calls that all run at once take
hardly longer than one call would: they add load rather than latency, and are only mentioned. So are calls that were
started at once and wait for each other (see pool-wait), unless a list was fetched before them, or spans around the
calls, such as those of GraphQL's resolvers, began together and wait in turn.

Saving: the high estimate makes a single call of median duration, without what goes with each of the others: spans
of checking connections out and of transactions, and the pauses between the calls, unless they are longer than a
call: then the caller must be working in them. The low one takes as long as calls of median duration, eight at a
time; for up to eight calls, as long as the longest. If they run in parallel already, the low one makes a single
call of median duration, and the high one a single call that takes as long as the shortest, because they may have
slowed each other down; if all of them run at once, one that takes as long as the longest. If the iterations of the
loop mostly do other work, both estimates remove only the calls. For operations that are known to have no
counterpart for many items, such as S3's GetObject or queries of
Cassandra, the estimates run four and eight at a time.

If little is known about the calls (a name given by the driver, commands without keys, POSTs without bodies), a
few of them are only mentioned, and more are reported with lower confidence.

What can mislead it: a callee that cannot handle several items at once; calls that each depend on the previous
one (walking a tree or a linked list); values that the instrumentation hides, so that calls with the same key
look different; and request bodies, which no trace shows, so that calls for different purposes look alike.`,
	Find: findNPlusOne,
}

func findNPlusOne(e *evidence.Exam) []Suspicion {
	var all gathering
	for _, l := range e.Loops() {
		l = l.WithoutRetries()
		if len(l.Calls) < 3 || !l.Significant(e) || l.AsksOnce() || batchSize(l) > 1 || l.Paging() || l.Polling() || l.Spins() {
			continue
		}
		if hasNoBatch(l.Calls[0]) && l.Concurrency() >= 1.5 { // there is nothing better
			continue
		}
		all.add(suspectNPlusOne(e, l))
	}
	return all.heaviest(e)
}

// batchSize is the median number of items that a call of the loop requests.
func batchSize(l *evidence.Loop) int {
	sizes := make([]int, len(l.Calls))
	for i, c := range l.Calls {
		sizes[i] = c.Items(l.Calls[(i+1)%len(l.Calls)])
	}
	return evidence.Median(sizes)
}

func suspectNPlusOne(e *evidence.Exam, l *evidence.Loop) Suspicion {
	n, first, work := len(l.Calls), l.Calls[0], l.Work()
	s := Suspicion{Spans: work, subject: first.Template}
	s.Service, s.Operation, s.Callee, s.Count = l.Parent.Service, l.Parent.Name, l.Callee(), n
	s.Saving.Basis, s.Evidence = finding.Structural, finding.Sufficient
	s.Low, s.High = batchChanges(e, l, work)

	items := "for items that the trace does not show"
	if different, known := l.Keys(); known {
		items = fmt.Sprintf("for %d different items", different)
		s.Figures.Distinct = different
	}
	s.Reason("%d × %s under `%s`, %s", n, l.Describe(), l.Parent.Name, items)
	s.Figures.Concurrency = l.Concurrency()
	list := listBefore(e, l)
	describeRounds(e, &s, l, list)
	rateNPlusOne(&s, l, list)
	s.Unless = nPlusOneUnless(l)
	s.Fix = batchAdvice(l)
	if hasNoBatch(first) {
		s.Lead = "{service} makes {n} calls[ to {callee}] one after another"
	}
	return s
}

// rateNPlusOne sets the confidence. If only a name is known of a few calls, they may be pages, batches, retries or polls
// instead of items; twenty calls are a loop.
func rateNPlusOne(s *Suspicion, l *evidence.Loop, list *call.Call) {
	n, first := len(l.Calls), l.Calls[0]
	s.Confidence = finding.Medium
	if list != nil {
		s.Confidence = finding.High
		s.Reason("a list was fetched just before: %s", list.Describe())
	} else if n >= 10 && !first.Unrouted {
		s.Confidence = finding.High
	}
	_, known := l.Keys()
	switch {
	case known:
	case mayBeList(first):
		s.Confidence, s.Evidence = finding.Low, finding.NeedsAttributes
		s.Reason("each may request a whole list, which some tracers shorten to IN (?)")
	case n < clearly && nameOnly(l):
		s.Minor, s.Confidence, s.Evidence = s.Minor || n < 10, finding.Low, finding.NeedsAttributes
		if first.Store && n >= 10 {
			s.Confidence = finding.Medium
		}
	case n < clearly && !first.Store && first.Effect == call.Acts:
		s.Confidence, s.Evidence, s.Minor = finding.Medium, finding.NeedsAttributes, s.Minor || n < 5
	}
}

// mayBeList reports whether a statement selects its rows by IN (?) alone, which may stand for a list of any length.
func mayBeList(c *call.Call) bool {
	return c.Statement != nil && c.Statement.OnlyLists && strings.Contains(c.Span.Get(trace.DBText), "?")
}

// nameOnly reports whether only a name is known of the calls, and no wrapper span around them says more.
func nameOnly(l *evidence.Loop) bool {
	first := l.Calls[0]
	return first.NameOnly && (l.Units[0] == first.Span || first.Callee == "")
}

func nPlusOneUnless(l *evidence.Loop) string {
	unless, first := "each call needs the previous call's result", l.Calls[0]
	if !hasNoBatch(first) {
		unless += ", or the callee cannot handle several items at once"
	}
	_, known := l.Keys()
	switch {
	case known:
	case nameOnly(l) || first.Effect == call.Acts && !first.Store:
		unless += ", or the calls are for different purposes and only look alike"
	case !first.Store && strings.Contains(first.Template, "/") && mayReturnList(first):
		unless += "; if they fetch the pages of one list, request larger pages"
	case !first.Effect.MayChange():
		unless += "; if they all request the same item, cache the result instead"
	}
	return unless
}
