package doctor

import (
	"cmp"
	"iter"
	"slices"
	"sort"

	"spanwise/doctor/call"
	"spanwise/doctor/trace"
)

// A history is what all the traces given together know. With one trace alone it knows nothing.
type history struct {
	exams   []*exam
	asked   map[call.Question][]run   // by start
	keyed   map[call.Key][]run        // by start
	norms   map[call.Question]norm    // worked out so far
	crowds  map[call.Question][]crowd // the same
	doers   map[habit]int             // requests of a kind that ask a question
	kinds   map[operation]int         // requests of a kind
	orders  map[sequence]*ordering    // of two calls under one operation
	used    map[call.Question][]run
	loads   map[call.Question][]*load // by time
	doors   map[string][]door         // roots that serve, by what is asked
	waiting map[string][]door         // calls without an answer, by what is asked
	follow  map[trace.Link][]follower // trees of other traces, by the span they follow from
}

type (
	operation struct{ service, name string }
	habit     struct { // a kind of request, and what it asks
		request operation
		call.Question
	}
	sequence struct { // two calls under one operation
		parent        operation
		first, second call.Question
	}
)

// A run is one call of one trace.
type run struct {
	exam  *exam
	span  *trace.Span
	until int64 // the latest end among this run and all that began before it
}

func newHistory(exams []*exam) *history {
	h := &history{
		exams: exams, asked: map[call.Question][]run{}, keyed: map[call.Key][]run{}, norms: map[call.Question]norm{}, crowds: map[call.Question][]crowd{},
		doers: map[habit]int{}, kinds: map[operation]int{}, orders: map[sequence]*ordering{}, used: map[call.Question][]run{}, loads: map[call.Question][]*load{},
		doors: map[string][]door{}, waiting: map[string][]door{}, follow: map[trace.Link][]follower{},
	}
	for _, e := range exams {
		e.history = h
	}
	if len(exams) < 2 {
		return h
	}
	for _, e := range exams {
		if e.root != nil {
			h.learn(e)
		}
	}
	for _, runs := range h.asked {
		inOrder(runs)
	}
	for _, runs := range h.keyed {
		inOrder(runs)
	}
	for r, runs := range h.used {
		h.loads[r] = loads(runs)
	}
	return h
}

func (h *history) learn(e *exam) {
	request := operation{e.root.Service, e.root.Name}
	h.kinds[request]++
	did := map[call.Question]bool{}
	for _, c := range e.calls {
		if c.Housekeeping {
			continue
		}
		q := c.Question()
		h.asked[q] = append(h.asked[q], run{exam: e, span: c.Span})
		if c.Key != "" {
			h.keyed[c.ExactKey()] = append(h.keyed[c.ExactKey()], run{exam: e, span: c.Span})
		}
		if !did[q] {
			did[q] = true
			h.doers[habit{request, q}]++
		}
	}
	for _, s := range e.trace.Spans {
		if q := e.question(s); e.callOf[s.Index] == nil && q != (call.Question{}) {
			h.asked[q] = append(h.asked[q], run{exam: e, span: s})
		}
	}
	h.learnOrder(e)
	h.learnLoad(e)
	h.learnHalves(e)
	h.learnFollowers(e)
}

func inOrder(runs []run) {
	slices.SortStableFunc(runs, func(a, b run) int { return cmp.Compare(a.span.Start, b.span.Start) })
	until := runs[0].span.End()
	for i := range runs {
		until = max(until, runs[i].span.End())
		runs[i].until = until
	}
}

// during yields the runs that overlap the time from lo to hi, the latest first.
func during(runs []run, lo, hi int64) iter.Seq[run] {
	return func(yield func(run) bool) {
		i := sort.Search(len(runs), func(i int) bool { return runs[i].span.Start >= hi })
		for i--; i >= 0 && runs[i].until > lo; i-- {
			if runs[i].span.End() > lo && !yield(runs[i]) {
				return
			}
		}
	}
}

// inFlight counts the other traces that asked exactly what c asks while c ran, up to enough of them.
func (h *history) inFlight(e *exam, c *call.Call, enough int) int {
	others := map[*exam]bool{}
	for r := range during(h.keyed[c.ExactKey()], c.Span.Start, c.Span.End()) {
		if r.exam != e {
			others[r.exam] = true
		}
		if len(others) == enough {
			break
		}
	}
	return len(others)
}

// without counts the traces with the same root as e, and those of them that do not ask what c asks.
func (h *history) without(e *exam, c *call.Call) (without, all int) {
	request := operation{e.root.Service, e.root.Name}
	all = h.kinds[request]
	return all - h.doers[habit{request, c.Question()}], all
}
