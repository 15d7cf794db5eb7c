// Package evidence works out what a trace shows. It names no kind of finding; what the evidence means is for the rules. A rule
// reads everything from the [Exam] of one trace:
//
//	Exam.Path, Self, Total         the critical path, and how much of it is in each span
//	Exam.Calls, CallOf             the calls
//	Exam.Loops, Retries, Spins     calls that repeat
//	Exam.Stages, Chains            calls that follow one another
//	Exam.Gaps, ColdGaps            how much longer callers waited than callees worked
//	Exam.Turns                     waits for a lock, a connection, or a worker
//	Exam.Dark                      time that no span explains
//	Exam.Places, SlowPlaces        where the time went
//	Exam.Usual, Exam.History       what other traces say
package evidence

import (
	"cmp"
	"fmt"
	"slices"
	"sync"

	"spanwise/doctor/call"
	"spanwise/doctor/path"
	"spanwise/doctor/trace"
)

// An Exam is what one trace shows: the trace with its critical path, its calls, and the places where the time went.
type Exam struct {
	Trace   *trace.Trace
	Root    *trace.Span // the operation that the user waited for
	Model   *path.Model
	Path    []path.Segment
	Self    []trace.Micros         // of the critical path in the span itself, by Span.Index
	Total   []trace.Micros         // the same, including everything below it
	Entry   []*trace.Span          // the span through which the request entered a span's process, by Span.Index
	Calls   []*call.Call           // in the order of Trace.Spans
	CallOf  []*call.Call           // the call that the span is, or nil; by Span.Index
	OnPath  []*trace.Span          // spans with self time on the critical path, in the order in which the path reaches them
	Idling  map[*trace.Span]string // what makes spans on the path long by design, such as a stream
	idle    trace.Micros           // of the critical path in them
	Places  []*Place               // the one with the longest typical visit first
	History *History
	Follows map[*trace.Span]trace.Link // links to spans of the trace; see History.Followers

	// Computed on first use.
	Dark        func() *Darkness
	Turns       func() *Turns
	Bursts      func() []*Burst                // calls that began together and waited for each other
	uses        func() map[call.Question][]Run // calls by resource, by start
	Retries     func() []*Loop                 // runs of attempts
	Spins       func() []*Loop                 // runs of attempts to take a lock
	pauses      func() *pauses
	workedUntil func() []trace.Micros                   // see findWorkedUntil
	pairs       func() []*Loop                          // loops of at least two calls
	Loops       func() []*Loop                          // loops of at least three calls
	origins     func() map[string]trace.Micros          // see findOrigins
	durations   func() map[call.Question][]trace.Micros // of the trace's calls; see ownNorm

	norms map[call.Question]Norm // cached
}

// NewExam examines a trace by itself. [NewHistory] then connects it with the others.
func NewExam(t *trace.Trace, parser *call.Parser) *Exam {
	e := &Exam{Trace: t, Root: Headline(t), Model: path.New(t), norms: map[call.Question]Norm{}}
	e.Forget()
	e.Self = make([]trace.Micros, len(t.Spans))
	e.Total = make([]trace.Micros, len(t.Spans))
	e.Entry = make([]*trace.Span, len(t.Spans))
	if e.Root == nil {
		return e
	}
	e.Path = e.Model.Critical(e.Root)
	e.OnPath = make([]*trace.Span, 0, min(len(e.Path), len(t.Spans)))
	for _, s := range e.Path {
		if e.Self[s.Span.Index] == 0 {
			e.OnPath = append(e.OnPath, s.Span)
		}
		e.Self[s.Span.Index] += s.Duration()
	}
	e.sum()
	e.Calls, e.CallOf = parser.Calls(t)
	e.findIdling()
	e.Places = e.findPlaces()
	return e
}

// Forget frees what was computed on first use. It is computed again if it is needed again, which is seldom: other exams ask for the calls
// and the spans of this one.
func (e *Exam) Forget() {
	e.Dark = sync.OnceValue(e.findDark)
	e.Turns = sync.OnceValue(e.findTurns)
	e.Bursts = sync.OnceValue(e.findBursts)
	e.uses = sync.OnceValue(e.findUses)
	e.Retries = sync.OnceValue(e.findRetries)
	e.Spins = sync.OnceValue(e.findSpins)
	e.pauses = sync.OnceValue(e.findPauses)
	e.workedUntil = sync.OnceValue(e.findWorkedUntil)
	e.pairs = sync.OnceValue(func() []*Loop { return e.findLoops(2) })
	e.Loops = sync.OnceValue(func() []*Loop { return e.findLoops(3) })
	e.origins = sync.OnceValue(e.findOrigins)
	e.durations = sync.OnceValue(e.callDurations)
	e.Model.Forget()
}

// sum adds Self up into Total, children before parents, and finds the entries, parents before children.
func (e *Exam) sum() {
	copy(e.Total, e.Self)
	below := subtree(make([]*trace.Span, 0, len(e.Trace.Spans)), e.Root)
	for i := len(below) - 1; i > 0; i-- {
		e.Total[below[i].Parent.Index] += e.Total[below[i].Index]
	}
	for i, s := range below {
		e.Entry[s.Index] = s
		if i > 0 && !s.Remote() {
			e.Entry[s.Index] = e.Entry[s.Parent.Index]
		}
	}
}

// Subtree lists s and all spans below it, parents before children.
func Subtree(s *trace.Span) []*trace.Span { return subtree(nil, s) }

func subtree(list []*trace.Span, s *trace.Span) []*trace.Span {
	list = append(list, s)
	for i := 0; i < len(list); i++ {
		list = append(list, list[i].Children...)
	}
	return list
}

// Saving is how much shorter the root becomes with the changes.
func (e *Exam) Saving(changes ...path.Change) trace.Micros {
	if len(changes) == 0 {
		return 0
	}
	return max(0, e.Root.Duration-e.Model.Replay(e.Root, changes...))
}

// Share is a duration as a share of the root's.
func (e *Exam) Share(us trace.Micros) float64 { return share(us, e.Root.Duration) }

// BusyShare is a duration as a share of the root's, without the time in which a worker waits for work.
func (e *Exam) BusyShare(us trace.Micros) float64 { return share(us, e.Root.Duration-e.idle) }

// DescribeShare describes a duration as a share of the request, or of the time a worker was busy.
func (e *Exam) DescribeShare(us trace.Micros) string {
	whole := "the request"
	if e.idle > 0 {
		whole = "the time it was busy"
	}
	return fmt.Sprintf("%s of %s (%s)", Percent(e.BusyShare(us)), whole, us)
}

// Threshold is the least saving, or time on the critical path, that is worth a finding.
func (e *Exam) Threshold() trace.Micros { return max((e.Root.Duration-e.idle)/20, trace.Millisecond) }

// PathIn is the time of the critical path in the spans and everything below them. No span may lie below
// another.
func (e *Exam) PathIn(spans []*trace.Span) (us trace.Micros) {
	for _, s := range spans {
		us += e.Total[s.Index]
	}
	return us
}

// Headline is the span that a report on t is about: the longest root or, if the root never arrived, the longest
// orphan. A root that names its cause in the same trace by a link is only what follows. It is nil for a trace without
// spans.
func Headline(t *trace.Trace) *trace.Span {
	candidates := slices.DeleteFunc(slices.Clone(t.Roots), func(r *trace.Span) bool {
		return slices.ContainsFunc(r.Links, func(l trace.Link) bool { return l.TraceID == t.ID })
	})
	if len(candidates) == 0 {
		candidates = t.Roots
	}
	if len(candidates) == 0 {
		candidates = t.Orphans
	}
	if len(candidates) == 0 {
		return nil
	}
	return slices.MaxFunc(candidates, func(a, b *trace.Span) int { return cmp.Compare(a.Duration, b.Duration) })
}
