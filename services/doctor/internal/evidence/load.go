package evidence

import (
	"cmp"
	"slices"
	"sort"

	"spanwise/doctor/call"
	"spanwise/doctor/path"
	"spanwise/doctor/trace"
)

// A Load is the use of a resource by all traces together, while it is in use without much of a pause: a limit that
// shows in a busy minute does not show in the quiet hour around it.
type Load struct {
	Runs   []Run   // by start
	ends   []int64 // of the runs, in order
	Most   int     // runs at once, at most
	AtMost float64 // part of the busy time that so many ran

	judged, limited bool // see limits
	spanned         bool // what waits for it has a span for that
}

func (h *History) learnLoad(e *Exam) {
	for _, c := range e.Calls {
		if c.Store && !c.Housekeeping {
			h.used[c.Resource()] = append(h.used[c.Resource()], Run{Exam: e, span: c.Span})
		}
	}
}

// loads parts the runs of one resource where it is not in use, and measures each part.
func loads(runs []Run) (list []*Load) {
	const pause = 10_000 // µs
	inOrder(runs)
	from := 0
	for i := range runs {
		if i+1 == len(runs) || runs[i+1].span.Start > runs[i].latestEnd+pause {
			l := &Load{Runs: runs[from : i+1]}
			l.measure()
			list = append(list, l)
			from = i + 1
		}
	}
	return list
}

// load is that of the resource that a call uses, at its time; nil if there is none.
func (h *History) load(c *call.Call) *Load {
	list := h.loads[c.Resource()]
	i := sort.Search(len(list), func(i int) bool { return list[i].Runs[0].span.Start > c.Span.Start })
	if i == 0 || c.Housekeeping {
		return nil
	}
	return list[i-1]
}

// measure sweeps over the runs' starts and ends, and adds up how long how many ran.
func (l *Load) measure() {
	for _, r := range l.Runs {
		l.ends = append(l.ends, r.span.End())
	}
	slices.Sort(l.ends)
	busy := map[int]int64{}
	total := int64(0)
	running, ended, now := 0, 0, l.Runs[0].span.Start
	pass := func(to int64) {
		if running > 0 {
			busy[running] += to - now
			total += to - now
		}
		now = to
	}
	for _, r := range l.Runs {
		for ; ended < len(l.ends) && l.ends[ended] <= r.span.Start; ended++ {
			pass(l.ends[ended])
			running--
		}
		pass(r.span.Start)
		running++
		l.Most = max(l.Most, running)
	}
	for ; ended < len(l.ends); ended++ {
		pass(l.ends[ended])
		running--
	}
	if total > 0 {
		l.AtMost = float64(busy[l.Most]) / float64(total)
	}
}

// waited is how long a call waited for the resource: it was ready, the resource was in use by others to the limit, and it
// began just when one of them ended. Zero if it was not so.
func (l *Load) waited(e *Exam, s *trace.Span) int64 {
	if ready, full := l.blocked(e, s); full && l.prompt(s, ready) {
		return s.Start - ready
	}
	return 0
}

// soon is how long after another call's end, in µs, a call may begin that has waited for it.
const Soon = 1000

// blocked says since when a call was ready that did not begin at once, and whether others used the resource to the limit meanwhile.
func (l *Load) blocked(e *Exam, s *trace.Span) (ready int64, full bool) {
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

// prompt reports whether a call that was ready began just when another one ended.
func (l *Load) prompt(s *trace.Span, ready int64) bool {
	i := sort.Search(len(l.ends), func(i int) bool { return l.ends[i] > s.Start })
	return i > 0 && s.Start-l.ends[i-1] <= Soon && l.ends[i-1] > ready
}

// limits reports whether the resource is used to a limit most of the time, and whoever finds it so begins just when another one
// ends. The wait is a pause or, if that explains nothing, whatever span stands before the call.
func (l *Load) limits() bool {
	const saturated = 0.6
	if l.AtMost < saturated || len(l.Runs) < 4*l.Most {
		return false
	}
	if !l.judged {
		l.judged, l.limited = true, l.follows()
		if !l.limited {
			l.spanned = true
			l.limited = l.follows()
		}
	}
	return l.limited
}

// follows reports whether those that are held up go on when another one ends: nearly all, and more than chance may do.
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

// readyAt is when a span could have begun: at its parent's start or when the last sibling before it ended.
func (l *Load) readyAt(s *trace.Span) int64 {
	if s.Parent == nil {
		return s.Start
	}
	ready := s.Parent.Start
	for _, c := range lastSiblings(s) {
		if c.End() <= s.Start && !(l.spanned && mayWait(c, s)) {
			ready = max(ready, c.End())
		}
	}
	return min(ready, s.Start)
}

// mayWait reports whether before is a span without parts, and no call, that ends where s begins.
func mayWait(before, s *trace.Span) bool {
	return len(before.Children) == 0 && !before.Calling() && before.End() <= s.Start && s.Start-before.End() < Soon
}

// lastSiblings are the last siblings that began before s; looking further back finds nothing that ends later, as a rule.
func lastSiblings(s *trace.Span) []*trace.Span {
	siblings := s.Parent.Children
	i, _ := slices.BinarySearchFunc(siblings, s, func(a, b *trace.Span) int { return cmp.Compare(a.Index, b.Index) })
	return siblings[max(0, i-64):i]
}

// A PoolUse is the pauses of a trace before its calls to one store, while all traces together used that store to a limit.
type PoolUse struct {
	Pauses []Pause
	Wait   int64 // sum of the pauses
}

// A Pause is how long a call waited for a connection.
type Pause struct {
	Call *call.Call
	Load *Load // the use of the store at that time
	Wait int64
}

// poolUses finds pauses before calls while other traces used the store to a limit, one entry for each store.
func (e *Exam) poolUses() (list []*PoolUse) {
	index := map[call.Question]*PoolUse{}
	for _, c := range e.Calls {
		l := e.History.load(c)
		if l == nil || e.Total[c.Span.Index] == 0 || !l.limits() {
			continue
		}
		wait := l.waited(e, c.Span)
		if wait == 0 || saysLock(c.Span.Parent) || slices.ContainsFunc(lastSiblings(c.Span), func(s *trace.Span) bool { return mayWait(s, c.Span) && saysLock(s) }) {
			continue
		}
		p := index[c.Resource()]
		if p == nil {
			p = &PoolUse{}
			index[c.Resource()] = p
			list = append(list, p)
		}
		p.Pauses = append(p.Pauses, Pause{c, l, wait})
		p.Wait += wait
	}
	return list
}

// Without takes wait away from before a call: from the pause, and from a span that waits in it.
func (l *Load) Without(first *trace.Span, wait int64) []path.Change {
	changes := []path.Change{path.Shorter(first.Parent, wait)}
	for _, s := range lastSiblings(first) {
		if l.spanned && mayWait(s, first) {
			changes = append(changes, path.Lasting(s, s.Duration-min(wait, s.Duration)))
		}
	}
	return changes
}
