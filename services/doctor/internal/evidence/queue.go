package evidence

import (
	"cmp"
	"slices"
	"sort"

	"spanwise/doctor/call"
	"spanwise/doctor/trace"
)

// Turns are the waits for a turn that a trace shows: for a lock, a connection, or a worker.
type Turns struct {
	Locks     []LockWait   // recorded by a span or an event
	Spins     []*Loop      // attempts to take a lock, until one succeeds
	Checkouts []*Checkout  // recorded by spans that are named for acquiring a connection
	Stated    []StatedWait // stated by an attribute
	Bursts    []*Burst     // shown by calls of this trace that began together
	Jobs      []*Jobs      // shown by messages of this trace that are consumed a few at a time
	Pools     []*PoolUse   // shown by the use of a pool by all traces
	Queues    []Queued     // shown by the ends of runs in other traces
}

// A Queued span is one of a series, across traces, that end one after another at even distances.
type Queued struct {
	Span   *trace.Span
	Wait   trace.Micros
	Stairs Staircase
}

func (e *Exam) findTurns() *Turns {
	stated := call.StatedWaits{}
	t := &Turns{Locks: e.lockWaits(), Spins: e.Spins(), Checkouts: e.checkouts(stated), Stated: e.statedWaits(stated),
		Bursts: e.Bursts(), Jobs: e.queuedJobs(), Pools: e.poolUses()}
	explained := map[*trace.Span]trace.Micros{} // how long each span, or what is below it, waits
	explain := func(s *trace.Span, us trace.Micros) {
		for ; s != nil; s = s.Parent {
			explained[s] += us
		}
	}
	for _, w := range t.Locks {
		explain(w.Span, min(w.Wait, e.Total[w.Span.Index]))
	}
	for _, l := range t.Spins {
		explain(l.Parent, e.Wasted(l))
	}
	for _, c := range t.Checkouts {
		for _, s := range c.Spans {
			explain(s, e.Total[s.Index])
		}
	}
	for _, b := range t.Bursts {
		for i, c := range b.Calls {
			explain(c.Span, min(b.Waits[i], e.Total[c.Span.Index]))
		}
	}
	for _, w := range t.Stated {
		explain(w.Span, w.OnPath)
	}
	for _, p := range t.Pools {
		for _, w := range p.Pauses {
			explain(w.Call.Span, w.Wait)
		}
	}
	t.Queues = e.queues(explained)
	return t
}

// queues finds calls and operations that wait for their turn, by when the same ended in other traces. Time that
// other waits below a span explain is not counted again.
func (e *Exam) queues(explained map[*trace.Span]trace.Micros) (list []Queued) {
	if len(e.History.Exams) < 2 {
		return nil
	}
	for _, s := range e.heavySpans() {
		stairs, ok := e.History.stairs(e.Question(s), s)
		wait := s.Duration - stairs.Work
		if !ok || wait < max(stairs.Step/2, e.Threshold()) || explained[s]*2 >= wait {
			continue
		}
		for p := s.Parent; p != nil; p = p.Parent {
			explained[p] += wait
		}
		list = append(list, Queued{s, wait, stairs})
	}
	return list
}

// heavySpans are the calls and operations with the most time on the critical path, the deepest first.
func (e *Exam) heavySpans() []*trace.Span {
	const most = 64
	heavy := slices.DeleteFunc(slices.Clone(e.Trace.Spans), func(s *trace.Span) bool {
		return e.Total[s.Index] < e.Threshold() || e.Question(s) == (call.Question{})
	})
	slices.SortStableFunc(heavy, func(a, b *trace.Span) int { return cmp.Compare(e.Total[b.Index], e.Total[a.Index]) })
	heavy = heavy[:min(len(heavy), most)]
	slices.Reverse(heavy) // a deeper span is lighter, or comes later
	return heavy
}

// Question is what a call asks; for an operation of a service, who runs it. It is zero for housekeeping and for the
// callee's side of a call.
func (e *Exam) Question(s *trace.Span) call.Question {
	switch c := e.CallOf[s.Index]; {
	case c != nil && c.Housekeeping:
		return call.Question{}
	case c != nil:
		return c.Question()
	case s.Remote() && s.Parent.Calling():
		return call.Question{}
	}
	return call.Question{Callee: s.Service, Template: s.Name}
}

// A Staircase describes how queued runs end: one after another.
type Staircase struct {
	Step   trace.Micros // from one end to the next: how long each run holds the resource
	Work   trace.Micros // the part of each run that is not waiting
	Others int          // other requests in the queue
}

// stairs reports whether s, and the overlapping runs of the same question, end at even distances because they wait
// for each other. Then the distance is the work of one run, if the shortest run takes about as long. If the shortest
// takes less time, what is waited for is held for longer than the run; if it takes hardly any, the runs only wait.
// That requires that they end in the order in which they started.
func (h *History) stairs(q call.Question, s *trace.Span) (stairs Staircase, ok bool) {
	runs, shortest := h.overlapping(q, s)
	seen := map[*Exam]bool{}
	var steps, lengths []trace.Micros
	longer := true
	for i, r := range runs {
		seen[r.Exam] = true
		lengths = append(lengths, r.span.Duration)
		if i > 0 {
			steps = append(steps, r.span.End()-runs[i-1].span.End())
			longer = longer && r.span.Duration > runs[i-1].span.Duration
		}
	}
	even, mostly := variation(steps), mostlyEven(steps)
	if len(seen) < 4 || even >= 0.3 && !mostly || variation(lengths) < 0.1 { // equal runs at even distances were started at even distances
		return Staircase{}, false
	}
	stairs = Staircase{Step: Median(steps), Others: len(seen) - 1}
	inTurn := inOrderOfStart(runs, stairs.Step/2)
	if len(seen) < 6 && !(inTurn && longer) { // a few distances are even by chance, one time in twelve
		return Staircase{}, false
	}
	switch ratio := float64(stairs.Step) / float64(max(shortest, 1)); {
	case ratio >= 0.5 && ratio <= 1.5:
		stairs.Work = stairs.Step
		return stairs, true
	case ratio >= 5:
		return stairs, inTurn && len(seen) >= 5 && (even < 0.2 || mostly)
	case ratio > 1.5:
		stairs.Work = shortest
		return stairs, inTurn
	}
	return Staircase{}, false
}

// mostlyEven reports whether most of many distances are about the same, and none is much shorter: what is waited for takes that long, and
// sometimes longer. Of random distances, a sixth is that close to the median, and hardly any is that close to the shortest.
func mostlyEven(steps []trace.Micros) bool {
	if len(steps) < 6 {
		return false
	}
	shortest, median := slices.Min(steps), Median(steps)
	nearShortest, nearMedian := 0, 0
	for _, s := range steps {
		if s*4 <= shortest*5 {
			nearShortest++
		}
		if max(s-median, median-s) <= median/4 {
			nearMedian++
		}
	}
	return nearShortest >= 4 && nearShortest*2 >= len(steps) || nearMedian*3 >= len(steps)*2 && shortest >= median/2
}

// inOrderOfStart reports whether runs, which are in the order in which they ended, started in that order, except for those that started
// at nearly the same time.
func inOrderOfStart(runs []Run, nearly trace.Micros) bool {
	for i := 1; i < len(runs); i++ {
		if runs[i].span.Start < runs[i-1].span.Start-nearly {
			return false
		}
	}
	return true
}

// A crowd is a set of runs of one question that overlap without a pause.
type crowd struct {
	start    trace.Micros
	shortest trace.Micros // duration
	byEnd    []Run
}

// overlapping returns the runs of a question that overlap s and ended nearest to it, by end. A part of the crowd is
// enough to show a queue, but the shortest run is that of the whole crowd: it may have been alone.
func (h *History) overlapping(q call.Question, s *trace.Span) (runs []Run, shortest trace.Micros) {
	const near = 32 // before and after
	crowds := h.crowdsOf(q)
	i := sort.Search(len(crowds), func(i int) bool { return crowds[i].start > s.Start }) - 1
	if i < 0 {
		return nil, 0
	}
	all := crowds[i].byEnd
	at := sort.Search(len(all), func(i int) bool { return all[i].span.End() >= s.End() })
	for _, r := range all[max(0, at-near):min(len(all), at+near)] {
		if r.span.Start < s.End() && r.span.End() > s.Start {
			runs = append(runs, r)
		}
	}
	return runs, crowds[i].shortest
}

func (h *History) crowdsOf(q call.Question) []crowd {
	list, known := h.crowds[q]
	if known {
		return list
	}
	runs := h.Runs[q]
	for i, r := range runs { // by start
		if i == 0 || r.span.Start >= runs[i-1].latestEnd {
			list = append(list, crowd{start: r.span.Start, shortest: r.span.Duration})
		}
		c := &list[len(list)-1]
		c.shortest = min(c.shortest, r.span.Duration)
		c.byEnd = append(c.byEnd, r)
	}
	for _, c := range list {
		slices.SortStableFunc(c.byEnd, func(a, b Run) int { return cmp.Compare(a.span.End(), b.span.End()) })
	}
	h.crowds[q] = list
	return list
}
