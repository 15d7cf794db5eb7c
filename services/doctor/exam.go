package doctor

import (
	"fmt"
	"sync"

	"spanwise/doctor/call"
	"spanwise/doctor/path"
	"spanwise/doctor/trace"
)

// An exam is one trace on the table, with everything that the rules look at.
type exam struct {
	trace   *trace.Trace
	root    *trace.Span // what the user waited for
	model   *path.Model
	path    []path.Segment
	own     []int64       // µs of the critical path in a span itself, by Span.Index
	total   []int64       // the same with everything below it
	door    []*trace.Span // the span through which the request entered a span's process, by Span.Index
	calls   []*call.Call  // every exit from a process, in the order of Trace.Spans
	callOf  []*call.Call  // the call that a span is, or nil; by Span.Index
	spent   []*trace.Span // spans with time of their own on the critical path, as the path first comes to them
	idling  []bool        // spans in which a worker waits for something to do, by Span.Index
	idle    int64         // µs of the critical path in them
	places  []*place      // where the critical path goes, the dearest typical visit first
	history *history

	// Worked out when they are first asked for.
	dark      func() *darkness
	turns     func() *turns
	retries   func() []*loop                   // runs of attempts
	pairs     func() []*loop                   // loops of two calls and more
	loops     func() []*loop                   // loops of three calls and more
	origins   func() map[string]int64          // see findOrigins
	durations func() map[call.Question][]int64 // of calls by what they ask, see ownNorm

	norms map[call.Question]norm // worked out so far
}

func newExam(t *trace.Trace, words *call.Parser) *exam {
	e := &exam{trace: t, root: Headline(t), model: path.New(t), norms: map[call.Question]norm{}}
	e.dark = sync.OnceValue(e.findDark)
	e.turns = sync.OnceValue(e.findTurns)
	e.retries = sync.OnceValue(e.findRetries)
	e.pairs = sync.OnceValue(func() []*loop { return e.findLoops(2) })
	e.loops = sync.OnceValue(func() []*loop { return e.findLoops(3) })
	e.origins = sync.OnceValue(e.findOrigins)
	e.durations = sync.OnceValue(e.callDurations)
	e.own = make([]int64, len(t.Spans))
	e.total = make([]int64, len(t.Spans))
	e.door = make([]*trace.Span, len(t.Spans))
	if e.root == nil {
		return e
	}
	e.path = e.model.Critical(e.root)
	for _, s := range e.path {
		if e.own[s.Span.Index] == 0 {
			e.spent = append(e.spent, s.Span)
		}
		e.own[s.Span.Index] += s.Duration()
	}
	e.sum()
	e.calls, e.callOf = words.Calls(t)
	e.findIdling()
	e.places = e.findPlaces()
	return e
}

// sum adds own up into total, children before parents, and finds the doors, parents before children.
func (e *exam) sum() {
	copy(e.total, e.own)
	below := subtree(e.root)
	for i := len(below) - 1; i > 0; i-- {
		e.total[below[i].Parent.Index] += e.total[below[i].Index]
	}
	for i, s := range below {
		e.door[s.Index] = s
		if i > 0 && !s.Remote() {
			e.door[s.Index] = e.door[s.Parent.Index]
		}
	}
}

// subtree lists s and all below it, parents before children.
func subtree(s *trace.Span) []*trace.Span {
	list := []*trace.Span{s}
	for i := 0; i < len(list); i++ {
		list = append(list, list[i].Children...)
	}
	return list
}

// saves is how much shorter the root becomes with the changes, in µs.
func (e *exam) saves(changes ...path.Change) int64 {
	if len(changes) == 0 {
		return 0
	}
	return max(0, e.root.Duration-e.model.Replay(e.root, changes...))
}

// share is a part of the root's duration.
func (e *exam) share(us int64) float64 { return share(us, e.root.Duration) }

// busy is a part of the root's duration but for what it idled.
func (e *exam) busy(us int64) float64 { return share(us, e.root.Duration-e.idle) }

// part says what share of the request, or of what a worker did in it, that is.
func (e *exam) part(us int64) string {
	whole := "the request"
	if e.idle > 0 {
		whole = "the time it was busy"
	}
	return fmt.Sprintf("%s of %s (%s)", percent(e.busy(us)), whole, ms(us))
}

// threshold is the least saving, or time on the critical path, that is worth a finding.
func (e *exam) threshold() int64 { return max((e.root.Duration-e.idle)/20, 1000) }

// onPath adds up the path in the spans and all below them. No span may lie below another.
func (e *exam) onPath(spans []*trace.Span) (us int64) {
	for _, s := range spans {
		us += e.total[s.Index]
	}
	return us
}
