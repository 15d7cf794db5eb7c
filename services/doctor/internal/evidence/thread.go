package evidence

import (
	"cmp"
	"slices"
	"sort"
	"strings"

	"spanwise/doctor/path"
	"spanwise/doctor/trace"
)

// A HeldUp span could not go on, because the only thread of its process was busy with another request.
type HeldUp struct {
	Span *trace.Span
	By   Occurrence // what computed meanwhile
	Wait trace.Micros
}

// A turn is a stretch of a trace's critical path in a process that runs one thing at a time.
type turn struct {
	exam *Exam
	path.Segment
}

// leastHold is the least time of computing that is worth a mention.
const leastHold = 20 * trace.Millisecond

// oneThread reports a span of a process that runs one thing at a time: JavaScript, by what the reader knows of the process, or by the names
// that frameworks of Node.js give their spans (@opentelemetry/instrumentation-express 0.71, -connect 0.66, -fastify 0.57, -koa 0.71 and
// -restify 0.68); and Python, if its spans are about events of ASGI, which run in an event loop. Python's threads take turns.
func oneThread(s *trace.Span) bool {
	return s.OneThread || trace.OneThreaded(s.Get(trace.Runtime)) || s.Get(trace.ASGIEvent) != "" || strings.HasPrefix(s.Name, "middleware - ") || strings.HasPrefix(s.Name, "request handler - ")
}

// learnThreads collects the long stretches of each process that runs one thing at a time.
func (h *History) learnThreads() {
	threads := map[trace.Process]bool{}
	for _, e := range h.Exams {
		for _, s := range e.OnPath {
			if oneThread(s) {
				threads[s.Process()] = true
			}
		}
	}
	if len(threads) == 0 {
		return
	}
	for _, e := range h.Exams {
		for _, seg := range e.Path {
			if p := seg.Span.Process(); seg.Duration() >= leastHold && threads[p] {
				h.threads[p] = append(h.threads[p], turn{e, seg})
			}
		}
	}
	for _, turns := range h.threads {
		slices.SortStableFunc(turns, func(a, b turn) int { return cmp.Compare(a.Lo, b.Lo) })
	}
}

// HeldUp lists the spans that another request's computing held up, for most of a stretch of theirs. Whatever waits can go on only when
// the computing ends, so the two end together, and the computing lies within the wait.
func (e *Exam) HeldUp() (list []HeldUp) {
	if len(e.History.threads) == 0 {
		return nil
	}
	for _, seg := range e.Path {
		if seg.Duration() < leastHold {
			continue
		}
		if by, ok := e.computing(seg); ok {
			list = append(list, HeldUp{seg.Span, Occurrence{by.exam, by.Span}, min(by.Hi, seg.Hi) - max(by.Lo, seg.Lo)})
		}
	}
	return list
}

// computing finds what held up a stretch: of all that other requests did within it until its end, the shortest, because it does not wait
// for any of the others. A call does not compute, and the same operation in two requests waits alike.
func (e *Exam) computing(seg path.Segment) (shortest turn, found bool) {
	const most = 1000
	turns := e.History.threads[seg.Span.Process()]
	from := sort.Search(len(turns), func(i int) bool { return turns[i].Lo >= seg.Lo-rounding })
	for _, t := range turns[from:min(len(turns), from+most)] {
		if t.Lo >= seg.Hi {
			break
		}
		together := t.Hi <= seg.Hi+rounding && seg.Hi-t.Hi <= resuming
		inside := t.Duration() < seg.Duration() && t.Duration()*2 >= seg.Duration()
		other := t.exam != e && !t.Span.Calling() && t.Span.Name != seg.Span.Name
		if together && inside && other && (!found || t.Duration() < shortest.Duration()) {
			shortest, found = t, true
		}
	}
	return shortest, found && !alike(turns, shortest)
}

// alike reports whether the same operation did the same in another request, at the same time: at most one of them can have computed, so
// that they more likely wait for the same thing, such as a connection.
func alike(turns []turn, t turn) bool {
	const near = 64
	at := sort.Search(len(turns), func(i int) bool { return turns[i].Lo >= t.Lo })
	return slices.ContainsFunc(turns[max(0, at-near):min(len(turns), at+near)], func(o turn) bool {
		return o.exam != t.exam && o.Span.Name == t.Span.Name && min(o.Hi, t.Hi)-max(o.Lo, t.Lo) > t.Duration()/2
	})
}

// resuming is how long it may take until what waited for the thread runs again.
const resuming = 5 * trace.Millisecond
