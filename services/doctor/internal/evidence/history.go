package evidence

import (
	"cmp"
	"iter"
	"slices"
	"sort"

	"spanwise/doctor/call"
	"spanwise/doctor/trace"
)

// A History is what all traces given together show. With one trace alone it is empty.
type History struct {
	Exams      []*Exam
	Runs       map[call.Question][]Run   // by start
	runsByKey  map[call.Key][]Run        // by start
	norms      map[call.Question]Norm    // cached
	crowds     map[call.Question][]crowd // cached
	askers     map[habit]int             // requests of one kind that ask a question
	requests   map[operation]int         // requests of one kind
	orders     map[sequence]*Ordering    // of two calls under one operation
	used       map[call.Question][]Run
	loads      map[call.Question][]*Load   // by time
	entries    map[string][]Occurrence     // server roots, by HalfKey
	unanswered map[string][]Occurrence     // calls without a callee's span, by HalfKey
	Followers  map[trace.Link][]Occurrence // roots and consumers, by the span they link to
	threads    map[trace.Process][]turn    // by start; see learnThreads
	deliveries map[trace.Link][]Occurrence // the first follower of each sort
	causes     map[trace.Link]Occurrence   // what followers link to
}

type (
	operation struct{ service, name string }
	habit     struct { // a question that a kind of request asks
		request operation
		call.Question
	}
	sequence struct { // two calls under one operation
		parent        operation
		first, second call.Question
	}
)

// An Occurrence is a span in one of the traces.
type Occurrence struct {
	Exam *Exam
	Span *trace.Span
}

// A Run is one execution of a call or an operation, in one of the traces.
type Run struct {
	Exam      *Exam
	span      *trace.Span
	latestEnd trace.Micros // the latest end of this run and all that started before it
}

// NewHistory collects what the exams show together, and gives it to each of them.
func NewHistory(exams []*Exam) *History {
	h := &History{
		Exams: exams, Runs: map[call.Question][]Run{}, runsByKey: map[call.Key][]Run{}, norms: map[call.Question]Norm{}, crowds: map[call.Question][]crowd{},
		askers: map[habit]int{}, requests: map[operation]int{}, orders: map[sequence]*Ordering{}, used: map[call.Question][]Run{}, loads: map[call.Question][]*Load{},
		entries: map[string][]Occurrence{}, unanswered: map[string][]Occurrence{}, Followers: map[trace.Link][]Occurrence{}, threads: map[trace.Process][]turn{}, deliveries: map[trace.Link][]Occurrence{}, causes: map[trace.Link]Occurrence{},
	}
	for _, e := range exams {
		e.History = h
	}
	if len(exams) < 2 {
		for _, e := range exams {
			h.learnFollowers(e)
		}
		h.learnCauses()
		return h
	}
	for _, e := range exams {
		if e.Root != nil {
			h.learn(e)
		}
	}
	h.learnCauses()
	h.learnThreads()
	for _, runs := range h.Runs {
		inOrder(runs)
	}
	for _, runs := range h.runsByKey {
		inOrder(runs)
	}
	for r, runs := range h.used {
		h.loads[r] = loads(runs)
	}
	return h
}

func (h *History) learn(e *Exam) {
	request := operation{e.Root.Service, e.Root.Name}
	h.requests[request]++
	did := map[call.Question]bool{}
	for _, c := range e.Calls {
		if c.Housekeeping {
			continue
		}
		q := c.Question()
		h.Runs[q] = append(h.Runs[q], Run{Exam: e, span: c.Span})
		if c.Key != "" {
			h.runsByKey[c.ExactKey()] = append(h.runsByKey[c.ExactKey()], Run{Exam: e, span: c.Span})
		}
		if !did[q] {
			did[q] = true
			h.askers[habit{request, q}]++
		}
	}
	for _, s := range e.Trace.Spans {
		if q := e.Question(s); e.CallOf[s.Index] == nil && q != (call.Question{}) {
			h.Runs[q] = append(h.Runs[q], Run{Exam: e, span: s})
		}
	}
	h.learnOrder(e)
	h.learnLoad(e)
	h.learnHalves(e)
	h.learnFollowers(e)
}

// inOrder sorts runs by start and sets latestEnd.
func inOrder(runs []Run) {
	slices.SortStableFunc(runs, func(a, b Run) int { return cmp.Compare(a.span.Start, b.span.Start) })
	until := runs[0].span.End()
	for i := range runs {
		until = max(until, runs[i].span.End())
		runs[i].latestEnd = until
	}
}

// during yields the runs that overlap the time from lo to hi, the latest first.
func during(runs []Run, lo, hi trace.Micros) iter.Seq[Run] {
	return func(yield func(Run) bool) {
		i := sort.Search(len(runs), func(i int) bool { return runs[i].span.Start >= hi })
		for i--; i >= 0 && runs[i].latestEnd > lo; i-- {
			if runs[i].span.End() > lo && !yield(runs[i]) {
				return
			}
		}
	}
}

// InFlight counts the other traces that sent exactly the same request as c while c ran; it stops counting at enough.
func (h *History) InFlight(e *Exam, c *call.Call, enough int) int {
	others := map[*Exam]bool{}
	for r := range during(h.runsByKey[c.ExactKey()], c.Span.Start, c.Span.End()) {
		if r.Exam != e {
			others[r.Exam] = true
		}
		if len(others) == enough {
			break
		}
	}
	return len(others)
}

// Without counts the traces with the same root as e, and those of them that do not make a call like c.
func (h *History) Without(e *Exam, c *call.Call) (without, all int) {
	request := operation{e.Root.Service, e.Root.Name}
	all = h.requests[request]
	return all - h.askers[habit{request, c.Question()}], all
}

// Alike counts the traces with the same root as e, including e.
func (h *History) Alike(e *Exam) int { return h.requests[operation{e.Root.Service, e.Root.Name}] }
