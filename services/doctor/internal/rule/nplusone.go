package rule

import (
	"fmt"
	"strings"

	"spanwise/doctor/call"
	"spanwise/doctor/finding"
	"spanwise/doctor/internal/evidence"
	"spanwise/doctor/path"
	"spanwise/doctor/trace"
)

var nPlusOne = Rule{
	Kind:  finding.NPlusOne,
	Title: "The same call, once for every item of a list, where one call could fetch them all",
	Doc: `One span makes the same call (same method and route, same statement) at least five times, or three
times if that is a fifth of the request. Calls may sit in wrappers of their own; connecting, transactions and
failed attempts that are repeated do not count. Addresses that take turns count as one callee: each is asked
again and again, for other things. A list fetched from the same place just before makes it certain.

It is not an N+1 when each call already asks for several things: a list of keys (IN, = ANY, unnest), rows of
VALUES, many keys of a command, a pipeline, a method whose name says so (BatchGet…, bulkWrite, _msearch). Nor
when the calls walk through pages or a cursor (see pagination), when they repeat one question (see
repeated-calls), when they go to different hosts (shards), or when the same one comes at even intervals
(polling). Calls that already run side by side cost load rather than time: they are only mentioned.

Saving: the cautious figure runs eight calls at a time; the other makes one call that lasts as long as the
median one, and leaves the pauses between them out too, unless they are so long that the caller must be working
in them. Where the turns of the loop mostly do something else around the call, only the calls go.

Where little is known (a driver's own name, commands without keys, POSTs without bodies), few calls are only
mentioned, and more are of lower confidence.

What can mislead it: a callee that cannot answer for many at once; calls each of which depends on the one before
(walking a tree or a linked list); values hidden by the instrumentation, which make a repeated question look
like many, and bodies that no trace shows: calls for different purposes may look alike.`,
	Find: findNPlusOne,
}

func findNPlusOne(e *evidence.Exam) []Suspicion {
	var all gathering
	for _, l := range e.Loops() {
		l = l.WithoutRetries()
		if len(l.Calls) < 3 || !l.Significant(e) || l.AsksOnce() || batchSize(l) > 1 || l.Paging() || l.Polling() {
			continue
		}
		all.add(nPlusOneOf(e, l))
	}
	return all.heaviest(e)
}

func nPlusOneOf(e *evidence.Exam, l *evidence.Loop) Suspicion {
	n, first, work := len(l.Calls), l.Calls[0], l.Work()
	s := Suspicion{Spans: work, subject: first.Template}
	s.Service, s.Operation, s.Callee, s.Count = l.Parent.Service, l.Parent.Name, l.Callee(), n
	s.Saving.Basis, s.Evidence = finding.Structural, finding.Sufficient
	s.Low, s.High = batchFixes(l, work)

	different, known := l.Keys()
	which := "the trace hides which"
	if known {
		which = fmt.Sprintf("%d different", different)
		s.Figures.Distinct = different
	}
	s.Reason("%d × %s under `%s`, %s", n, l.Describe(), l.Parent.Name, which)
	if s.Figures.Concurrency = l.Concurrency(); s.Figures.Concurrency >= 1.5 {
		s.Minor = true
		s.Reason("%.1f at a time: it costs load more than time", l.Concurrency())
	} else {
		s.Reason("one after another: %s + %s between, %s of the critical path",
			evidence.Ms(evidence.Sum(evidence.Durations(work))), evidence.Ms(evidence.Sum(l.Between(work))), evidence.Percent(e.Share(l.OnPath)))
	}
	weigh(e, &s, l)
	s.Unless = "each call needs the answer of the one before, or the callee cannot answer for many at once"
	switch {
	case known:
	case nameOnly(l) || first.Effect == call.Acts && !first.Store:
		s.Unless += ", or the calls are for different purposes and only look alike"
	case !first.Store && strings.Contains(first.Template, "/") && canList(first):
		s.Unless += "; if they are the pages of one list, ask for larger ones"
	case !first.Effect.MayChange():
		s.Unless += "; if it is always the same question, remember the answer instead"
	}
	s.Fix = batchAdvice(l)
	return s
}

// weigh says how sure it is that the loop asks for one thing after another. A few calls of which only a name is known may be pages, batches,
// retries, or polls as well as items; twenty are a loop.
func weigh(e *evidence.Exam, s *Suspicion, l *evidence.Loop) {
	n, first := len(l.Calls), l.Calls[0]
	_, known := l.Keys()
	s.Confidence = finding.Medium
	if source := source(e, l); source != nil {
		s.Confidence = finding.High
		s.Reason("a list came just before: %s", source.Describe())
	} else if n >= 10 && !first.Unrouted {
		s.Confidence = finding.High
	}
	switch {
	case known:
	case mayList(first):
		s.Confidence, s.Evidence = finding.Low, finding.NeedsAttributes
		s.Reason("each may ask for a list, which some tracers shorten to IN (?)")
	case n < 20 && nameOnly(l):
		s.Minor, s.Confidence, s.Evidence = s.Minor || n < 10, finding.Low, finding.NeedsAttributes
		if first.Store && n >= 10 {
			s.Confidence = finding.Medium
		}
	case n < 20 && !first.Store && first.Effect == call.Acts:
		s.Confidence, s.Evidence, s.Minor = finding.Medium, finding.NeedsAttributes, s.Minor || n < 5
	}
}

// nameOnly reports calls of which nothing is known but a name, and around which no function stands that is the same each time.
func nameOnly(l *evidence.Loop) bool {
	first := l.Calls[0]
	return first.NameOnly && (l.Units[0] == first.Span || first.Callee == "")
}

// batchSize is how many things the middle one of the loop's calls asks for at once; each is compared with the next.
func batchSize(l *evidence.Loop) int {
	sizes := make([]int64, len(l.Calls))
	for i, c := range l.Calls {
		sizes[i] = int64(c.Items(l.Calls[(i+1)%len(l.Calls)]))
	}
	return int(evidence.Median(sizes))
}

// mayList reports a statement that names things by IN (?) alone: a list of any length may have stood there.
func mayList(c *call.Call) bool {
	return c.Statement != nil && c.Statement.Sole && strings.Contains(c.Span.Get(trace.DBText), "?")
}

// batchFixes of an N+1: eight turns at a time; or the first call alone, as long as the middle one. Where the turns mostly do something else than
// to call, only the calls go in either case.
func batchFixes(l *evidence.Loop, work []*trace.Span) (bounded, once []path.Change) {
	d := evidence.Median(evidence.Durations(work))
	once = []path.Change{path.Lasting(work[0], d)}
	alone := work[0] == l.Units[0]
	if alone && evidence.Median(l.Pauses()) <= d/4 {
		once = append(once, path.Without(work[1:]...))
	} else {
		for _, u := range work[1:] {
			once = append(once, path.Lasting(u, 0))
		}
	}
	if !alone {
		return once, once
	}
	return []path.Change{path.AtMost(min(len(work), 8), work...)}, once
}
