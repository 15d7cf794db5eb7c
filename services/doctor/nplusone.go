package doctor

import (
	"fmt"
	"strings"

	"spanwise/doctor/call"
	"spanwise/doctor/path"
	"spanwise/doctor/trace"
)

var nPlusOne = rule{
	kind:  NPlusOne,
	title: "The same call, once for every item of a list, where one call could fetch them all",
	doc: `One span makes the same call (same method and route, same statement) at least five times, or three
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

What fools it: a callee that cannot answer for many at once; calls each of which depends on the one before
(walking a tree or a linked list); values hidden by the instrumentation, which make a repeated question look
like many, and bodies that no trace shows: calls for different purposes may look alike.`,
	find: findNPlusOne,
}

func findNPlusOne(e *exam) []suspicion {
	var all gathering
	for _, l := range e.loops() {
		l = l.withoutRetries()
		if len(l.calls) < 3 || !l.many(e) || l.asksOnce() || l.batch() > 1 || l.paging() || l.polling() {
			continue
		}
		all.add(e.nPlusOne(l))
	}
	return all.heaviest(e)
}

// many reports a loop long enough, or heavy enough, to be a matter of its own.
func (l *loop) many(e *exam) bool { return len(l.calls) >= 5 || e.share(l.path) >= 0.2 }

func (e *exam) nPlusOne(l *loop) suspicion {
	n, first, work := len(l.calls), l.calls[0], l.work()
	s := suspicion{spans: work, subject: first.Template}
	s.Service, s.Operation, s.Callee, s.Count = l.parent.Service, l.parent.Name, l.callee(), n
	s.Saving.Basis, s.Evidence = Structural, Sufficient
	s.low, s.high = l.fixes(work)

	s.Because = fmt.Sprintf("%d × %s under `%s`", n, l.asked(), l.parent.Name)
	different, known := l.keys()
	if known {
		s.Because += fmt.Sprintf(", %d different", different)
	} else {
		s.Because += " (the trace hides which)"
	}
	if l.sideBySide() >= 1.5 {
		s.minor = true
		s.Because += fmt.Sprintf(", %.1f at a time: it costs load more than time", l.sideBySide())
	} else {
		s.Because += fmt.Sprintf(", one after another: %s + %s between, %s of the critical path",
			ms(sum(durations(work))), ms(sum(l.between(work))), percent(e.share(l.path)))
	}
	e.weigh(&s, l)
	s.Unless = "each call needs the answer of the one before, or the callee cannot answer for many at once"
	switch {
	case known:
	case l.bare() || first.Effect == call.Acts && !first.Store:
		s.Unless += ", or the calls are for different purposes and only look alike"
	case !first.Store && strings.Contains(first.Template, "/") && canList(first):
		s.Unless += "; if they are the pages of one list, ask for larger ones"
	case !first.Effect.MayChange():
		s.Unless += "; if it is always the same question, remember the answer instead"
	}
	s.Fix = l.atOnce()
	return s
}

// weigh says how sure it is that the loop asks for one thing after another. A few calls of which only a name is known may be pages, batches,
// retries, or polls as well as items; twenty are a loop.
func (e *exam) weigh(s *suspicion, l *loop) {
	n, first := len(l.calls), l.calls[0]
	_, known := l.keys()
	s.Confidence = Medium
	if source := e.source(l); source != nil {
		s.Confidence = High
		s.Because += fmt.Sprintf("; a list came just before: %s", source.Describe())
	} else if n >= 10 && !first.Unrouted {
		s.Confidence = High
	}
	switch {
	case known:
	case mayList(first):
		s.Confidence, s.Evidence = Low, NeedsAttributes
		s.Because += "; each may ask for a list, which some tracers shorten to IN (?)"
	case n < 20 && l.bare():
		s.minor, s.Confidence, s.Evidence = s.minor || n < 10, Low, NeedsAttributes
		if first.Store && n >= 10 {
			s.Confidence = Medium
		}
	case n < 20 && !first.Store && first.Effect == call.Acts:
		s.Confidence, s.Evidence, s.minor = Medium, NeedsAttributes, s.minor || n < 5
	}
}

// bare reports calls of which nothing is known but a name, and around which no function stands that is the same each time.
func (l *loop) bare() bool {
	first := l.calls[0]
	return first.NameOnly && (l.units[0] == first.Span || first.Callee == "")
}

// batch is how many things the middle one of the loop's calls asks for at once; each is compared with the next.
func (l *loop) batch() int {
	sizes := make([]int64, len(l.calls))
	for i, c := range l.calls {
		sizes[i] = int64(c.Items(l.calls[(i+1)%len(l.calls)]))
	}
	return int(median(sizes))
}

// mayList reports a statement that names things by IN (?) alone: a list of any length may have stood there.
func mayList(c *call.Call) bool {
	return c.Statement != nil && c.Statement.Sole && strings.Contains(c.Span.Get(trace.DBText), "?")
}

// fixes of an N+1: eight turns at a time; or the first call alone, as long as the middle one. Where the turns mostly do something else than
// to call, only the calls go in either case.
func (l *loop) fixes(work []*trace.Span) (bounded, once []path.Change) {
	d := median(durations(work))
	once = []path.Change{path.Lasting(work[0], d)}
	alone := work[0] == l.units[0]
	if alone && median(l.pauses()) <= d/4 {
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

// between are the times from one call's end to the next one's start: the loop's pauses, and what the turns do beside calling.
func (l *loop) between(work []*trace.Span) []int64 {
	if work[0] == l.units[0] {
		return l.pauses()
	}
	var list []int64
	for i, s := range work[1:] {
		list = append(list, max(0, s.Start-work[i].End()))
	}
	return list
}

// asksOnce reports a loop that repeats few questions many times; that is another kind.
func (l *loop) asksOnce() bool {
	different, known := l.keys()
	return known && different < (len(l.calls)+1)/2
}

// polling reports the same question at even or growing intervals, idle for at least 10 ms and as long as the calls last: somebody waits
// for a state to change. Turns that do something around the call are idle there only if it is known to be the same question.
func (l *loop) polling() bool {
	const interval = 10_000 // µs; shorter pauses are the loop's own work
	different, known := l.keys()
	if known && different > 1 || l.calls[0].Effect == call.Writes || l.sideBySide() >= 1.1 {
		return false
	}
	work := l.units
	if known {
		work = l.work()
	}
	pauses := l.between(work)
	return len(pauses) >= 2 && (variation(pauses) < 0.2 || growing(pauses)) && median(pauses) >= max(interval, median(durations(work)))
}

// withoutRetries drops attempts that failed and were made again.
func (l *loop) withoutRetries() *loop {
	if len(l.units) != len(l.calls) {
		return l
	}
	kept := &loop{parent: l.parent, path: l.path}
	for i, c := range l.calls {
		again := i+1 < len(l.calls) && l.calls[i+1].Key == c.Key
		if !c.Failed || !again {
			kept.calls, kept.units = append(kept.calls, c), append(kept.units, l.units[i])
		}
	}
	return kept
}
