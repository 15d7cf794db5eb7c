package evidence

import (
	"cmp"
	"slices"
	"sort"

	"spanwise/doctor/call"
	"spanwise/doctor/path"
	"spanwise/doctor/trace"
)

// A Load is the use of a resource by all traces together during one busy period: a limit that shows in a busy minute
// does not show in the quiet hour around it.
type Load struct {
	Runs   []Run          // by start
	ends   []trace.Micros // of the runs, sorted
	Most   int            // the largest number of runs at once
	AtMost float64        // share of the busy time during which Most runs ran

	limited bool // see findLimit
	spanned bool // the wait has a span of its own
}

// uses reports whether a call takes a place in what it uses while it runs.
func uses(c *call.Call) bool {
	return (!c.Housekeeping || c.Prepares()) && c.Span.Kind != trace.Producer
}

func (h *History) learnLoad(e *Exam) {
	for _, c := range e.Calls {
		if uses(c) {
			h.used[c.Resource()] = append(h.used[c.Resource()], Run{Exam: e, span: c.Span})
		}
	}
}

// loads splits the runs of one resource into busy periods, and measures each.
func loads(runs []Run) (list []*Load) {
	const pause = 10 * trace.Millisecond
	inOrder(runs)
	from := 0
	for i := range runs {
		if i+1 == len(runs) || runs[i+1].span.Start > runs[i].latestEnd+pause {
			l := &Load{Runs: runs[from : i+1]}
			l.measure()
			l.findLimit()
			list = append(list, l)
			from = i + 1
		}
	}
	return list
}

// load is the busy period of the resource that c uses, at c's time; nil if there is none.
func (h *History) load(c *call.Call) *Load {
	list := h.loads[c.Resource()]
	i := sort.Search(len(list), func(i int) bool { return list[i].Runs[0].span.Start > c.Span.Start })
	if i == 0 || !uses(c) {
		return nil
	}
	return list[i-1]
}

// measure sweeps over the starts and ends of the runs, and adds up for how long how many ran.
func (l *Load) measure() {
	l.ends = each(l.Runs, func(r Run) trace.Micros { return r.span.End() })
	slices.Sort(l.ends)
	busy, total := map[int]trace.Micros{}, trace.Micros(0)
	now, running, started := l.Runs[0].span.Start, 0, 0
	for ended := 0; ended < len(l.ends); {
		next, change := l.ends[ended], -1
		if started < len(l.Runs) && l.Runs[started].span.Start < next {
			next, change = l.Runs[started].span.Start, 1
			started++
		} else {
			ended++
		}
		if running > 0 {
			busy[running] += next - now
			total += next - now
		}
		now, running = next, running+change
		l.Most = max(l.Most, running)
	}
	if total > 0 {
		l.AtMost = float64(busy[l.Most]) / float64(total)
	}
}

// waited is how long a call waited for the resource: it was ready, others used the resource up to its limit, and it
// started right when one of them ended. It is 0 if any of that is not true.
func (l *Load) waited(e *Exam, s *trace.Span) trace.Micros {
	if ready, full := l.blocked(e, s); full && l.prompt(s, ready) {
		return s.Start - ready
	}
	return 0
}

// Soon is how long after the end of one call another one may start that waited for it.
const Soon = trace.Millisecond

// blocked returns since when a call was ready that did not start at once, and whether others used the resource up to
// its limit meanwhile.
func (l *Load) blocked(e *Exam, s *trace.Span) (ready trace.Micros, full bool) {
	if ready = l.readyAt(s); s.Start-ready < Soon {
		return ready, false
	}
	inUse := 0
	for r := range during(l.Runs, ready, s.Start) {
		if r.Exam != e {
			inUse++
		}
		if inUse == l.Most {
			return ready, true
		}
	}
	return ready, false
}

// prompt reports whether a call that was ready started right when another one ended.
func (l *Load) prompt(s *trace.Span, ready trace.Micros) bool {
	i := sort.Search(len(l.ends), func(i int) bool { return l.ends[i] > s.Start })
	return i > 0 && s.Start-l.ends[i-1] <= Soon && l.ends[i-1] > ready
}

// findLimit finds out whether the resource is used up to its limit most of the time, and whether calls that find it so
// start right when another one ends. The wait is a pause or, if pauses do not explain it, the span before the call.
func (l *Load) findLimit() {
	const saturated = 0.6
	if l.AtMost < saturated || len(l.Runs) < 4*l.Most {
		return
	}
	if l.limited = l.follows(); !l.limited {
		l.spanned = true
		l.limited = l.follows()
	}
}

// follows reports whether the blocked calls start when another one ends: nearly all of them, and more than by
// chance.
func (l *Load) follows() bool {
	const fewest = 3
	held, prompt := 0, 0
	for _, r := range l.Runs {
		if ready, full := l.blocked(r.Exam, r.span); full {
			held++
			if l.prompt(r.span, ready) {
				prompt++
			}
		}
	}
	return prompt >= fewest && prompt*10 >= held*8
}

// readyAt is when a span could have started: at its parent's start or when the last sibling before it ended.
func (l *Load) readyAt(s *trace.Span) trace.Micros {
	if s.Parent == nil {
		return s.Start
	}
	ready := s.Parent.Start
	for _, c := range lastSiblings(s) {
		if c.End() <= s.Start && !(l.spanned && mayWait(c, s)) && !checks(c, s) {
			ready = max(ready, c.End())
		}
	}
	return min(ready, s.Start)
}

// checks reports whether before is what a driver does with a connection that it has just got, before it uses it for s.
func checks(before, s *trace.Span) bool {
	return before.Duration+s.Start-before.End() < Soon && before.End() <= s.Start && (call.Housekeeping(before) || call.Unsent(before, s))
}

// mayWait reports whether before may be the wait for s: it has no children, is not a call, and ends where s starts.
func mayWait(before, s *trace.Span) bool {
	return len(before.Children) == 0 && !before.Calling() && before.End() <= s.Start && s.Start-before.End() < Soon
}

// lastSiblings are the last siblings that started before s. Looking further back rarely finds one that ends later.
func lastSiblings(s *trace.Span) []*trace.Span {
	siblings := s.Parent.Children
	i, _ := slices.BinarySearchFunc(siblings, s, func(a, b *trace.Span) int { return cmp.Compare(a.Index, b.Index) })
	return siblings[max(0, i-64):i]
}

// A PoolUse is the pauses of a trace before its calls to one callee, while all traces together used that callee to a limit.
type PoolUse struct {
	Pauses []Pause
	Wait   trace.Micros // sum of the pauses
}

// A Pause is how long a call waited for a connection.
type Pause struct {
	Call *call.Call
	Load *Load // the use of the store at that time
	Wait trace.Micros
}

// poolUses finds pauses before calls while other traces used the callee to a limit, one entry for each callee. It leaves out waits that
// spans record, see LockWait and Checkout.
func (e *Exam) poolUses() (list []*PoolUse) {
	var all []Pause
	for _, c := range e.Calls {
		l := e.History.load(c)
		if l == nil || e.Total[c.Span.Index] == 0 || !l.limited || l.Most == 1 && !c.Store { // one at a time is a lock
			continue
		}
		wait := l.waited(e, c.Span)
		recorded := func(s *trace.Span) bool { return mayWait(s, c.Span) && (recordsLock(s) || call.Acquiring(s)) }
		if wait == 0 || recordsLock(c.Span.Parent) || slices.ContainsFunc(lastSiblings(c.Span), recorded) {
			continue
		}
		all = append(all, Pause{c, l, wait})
	}
	for _, pauses := range grouped(all, func(p Pause) call.Question { return p.Call.Resource() }) {
		list = append(list, &PoolUse{pauses, Sum(each(pauses, func(p Pause) trace.Micros { return p.Wait }))})
	}
	return list
}

// Without removes wait from before a call: from the pause, and from a span that waits in it.
func (l *Load) Without(first *trace.Span, wait trace.Micros) []path.Change {
	changes := []path.Change{path.LessSelfTime(first.Parent, wait)}
	for _, s := range lastSiblings(first) {
		if l.spanned && mayWait(s, first) {
			changes = append(changes, path.Capped(s, s.Duration-min(wait, s.Duration)))
		}
	}
	return changes
}
