package doctor

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"spanwise/doctor/path"
	"spanwise/doctor/trace"
)

var queueWait = rule{
	kind:  QueueWait,
	title: "Queueing behind others for something that serves one at a time: a lock, a row, a single worker",
	doc: `Two kinds of proof. The trace says so: a span or an event on the critical path speaks of waiting
for a lock, or a database answers with the code of a lock conflict. Or the load says so, for which other traces
are needed: the same operation of at least four traces overlaps, and it ends like a staircase, one after the
other at even distances (coefficient of variation below 0.3) of 0.5 to 1.5 times the shortest run. That distance
is the work; what a run lasts beyond it is waiting. So a slow query can be told from a quick one in a queue.

Saving: the run replayed without its wait; the cautious figure takes half. An upper bound: when one queue goes,
the next limit shows.

What fools it: requests that were started at even intervals, and batches that are worked off in order on
purpose.`,
	find: findQueueWait,
}

func findQueueWait(e *exam) []suspicion {
	return append(e.saidToQueue(), e.staircases()...)
}

// saidToQueue finds spans and events that speak of a lock.
func (e *exam) saidToQueue() []suspicion {
	var all gathering
	for _, s := range e.spent {
		wait, why := lockWait(s)
		if wait = min(wait, e.own[s.Index]); wait == 0 {
			continue
		}
		f := e.queueWait(s, wait)
		f.Confidence = High
		f.Because = fmt.Sprintf("%s: %s of `%s` in %s is waiting, %s is work", why, ms(wait), s.Name, s.Service, ms(s.Duration-wait))
		all.add(f)
	}
	return all.list
}

// lockWait is how long a span says that it waited for a lock, and how it says so.
func lockWait(s *trace.Span) (us int64, why string) {
	switch s.Get(trace.DBStatus) {
	case "55P03", "40P01", "40001", "1205", "1213":
		return s.Duration, "the database answered " + s.Get(trace.DBStatus) + ", a lock conflict"
	}
	if len(s.Children) == 0 && wraps(s) && namedForWaiting(s.Name) {
		return s.Duration, "the span is named for it"
	}
	since := s.Start
	for _, ev := range s.Events {
		if !lockWords(ev.Name) {
			continue
		}
		name := strings.ToLower(ev.Name)
		if strings.Contains(name, "acquired") || strings.Contains(name, "got") || strings.Contains(name, "obtained") {
			return max(0, ev.Time-since), "the event `" + ev.Name + "` says so"
		}
		since = ev.Time
	}
	return 0, ""
}

// namedForWaiting recognises lock and mutex.wait and acquireLock, but not what is done to locks: list-locks.
func namedForWaiting(name string) bool {
	words := wordsOf(name)
	waits := slices.ContainsFunc(words, func(word string) bool {
		return slices.Contains([]string{"wait", "waits", "waiting", "await", "acquire", "acquiring", "obtain"}, word)
	})
	return lockWords(name) && (waits || len(words) == 1)
}

// lockWords reports whether a name speaks of a lock.
func lockWords(name string) bool {
	for _, word := range wordsOf(name) {
		switch word {
		case "lock", "locks", "locking", "locked", "mutex", "semaphore", "latch":
			return true
		}
	}
	return false
}

// saysLock reports whether a span speaks of a lock in its events.
func saysLock(s *trace.Span) bool {
	if s == nil {
		return false
	}
	wait, _ := lockWait(s)
	return wait > 0
}

// staircases finds calls whose like in other traces end one after another at even distances.
func (e *exam) staircases() []suspicion {
	const most = 64
	if len(e.history.exams) < 2 {
		return nil
	}
	heavy := slices.Clone(e.calls)
	slices.SortStableFunc(heavy, func(a, b *call) int { return cmp.Compare(e.total[b.span.Index], e.total[a.span.Index]) })
	var found []suspicion
	inside := map[*trace.Span]bool{}
	for _, c := range slices.Backward(heavy[:min(len(heavy), most)]) { // the deepest are the lightest
		if c.chore || e.total[c.span.Index] < e.threshold() || inside[c.span] {
			continue
		}
		work, others := e.history.staircase(c)
		wait := c.span.Duration - work
		if work == 0 || wait < work/2 {
			continue
		}
		for p := c.span.Parent; p != nil && !inside[p]; p = p.Parent {
			inside[p] = true
		}
		f := e.queueWait(c.span, wait)
		f.Callee, f.Confidence = c.callee, High
		f.Because = fmt.Sprintf("%s took %s; the same in %d other requests ended one after another, %s apart: "+
			"that is the work, the other %s waiting for a turn", c.asked(), ms(c.span.Duration), others, ms(work), ms(wait))
		found = append(found, f)
	}
	return found
}

// staircase looks at the runs around a call that overlap without a pause. If they end at even distances it returns that
// distance, the work of one, and how many others there are.
func (h *history) staircase(c *call) (work int64, others int) {
	runs := during(h.asked[c.question()], c.span.Start, c.span.End())
	if len(runs) < 4 {
		return 0, 0
	}
	seen := map[*exam]bool{}
	var ends []int64
	shortest := c.span.Duration
	for _, r := range runs {
		seen[r.exam] = true
		ends = append(ends, r.span.End())
		shortest = min(shortest, r.span.Duration)
	}
	slices.Sort(ends)
	var steps []int64
	for i := 1; i < len(ends); i++ {
		steps = append(steps, ends[i]-ends[i-1])
	}
	work = median(steps)
	ratio := float64(work) / float64(max(shortest, 1))
	if len(seen) < 4 || variation(steps) >= 0.3 || ratio < 0.5 || ratio > 1.5 {
		return 0, 0
	}
	return work, len(seen) - 1
}

func (e *exam) queueWait(s *trace.Span, wait int64) suspicion {
	f := suspicion{spans: []*trace.Span{s}}
	f.Service, f.Operation, f.Count = s.Service, s.Name, 1
	f.Callee = s.Callee()
	f.CriticalPathUS = min(wait, e.total[s.Index])
	f.Saving.Basis, f.Evidence = Shared, Sufficient
	f.low = []path.Change{path.Shorter(s, wait/2)}
	f.high = []path.Change{path.Shorter(s, wait)}
	f.Unless = "the requests were started at these intervals, or one at a time is the purpose"
	f.Fix = fmt.Sprintf("do less while holding what the others wait for in `%s`, or split it; the queue may move to the next limit", s.Name)
	return f
}
