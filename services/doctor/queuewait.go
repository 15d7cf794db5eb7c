package doctor

import (
	"fmt"
	"slices"
	"sort"
	"strings"

	"spanwise/doctor/call"
	"spanwise/doctor/path"
	"spanwise/doctor/trace"
)

var queueWait = rule{
	kind:  QueueWait,
	title: "Queueing behind others for something that serves one at a time: a lock, a row, a single worker",
	doc: `Two kinds of proof. The trace says so: a span or an event on the critical path speaks of waiting for a lock,
or a database gives up with the code of a lock that it could not have. Or the load says so, for which other
traces are needed: the same call or operation of at least four traces overlaps, whatever its name, and it
ends like a staircase, one after the other at even distances (coefficient of variation below 0.3) of 0.5 to
1.5 times the shortest run. That distance is the work; what a run lasts beyond it is waiting. So a slow
query can be told from a quick one in a queue. Fewer than six must also begin in the order in which they
end, and last the longer the later. Where the shortest run takes hardly any time (a fifth of the distance),
the runs are nothing but waiting, for the work that follows them; five traces must then end in the order in
which they began. The deepest span that shows it is named, and none whose wait something below it explains.

Saving: the run replayed without its wait; the cautious figure takes half. An upper bound: when one queue goes,
the next limit shows.

What fools it: batches that are worked off in order on purpose. Requests that were started at even intervals end
so, too; but they last alike.`,
	find: findQueueWait,
}

func findQueueWait(e *exam) []suspicion {
	var all gathering
	for _, w := range e.turns().locks {
		all.add(lockSuspicion(e, w))
	}
	for _, q := range e.turns().queues {
		all.list = append(all.list, stairsSuspicion(e, q))
	}
	return all.list
}

func lockSuspicion(e *exam, w lockWait) suspicion {
	s := w.span
	f := queueWaitAt(e, s, w.us)
	f.Confidence = High
	work, doing := s.Duration-w.us, "work"
	if next := nextAfter(s); work == 0 && next != nil {
		work, doing = next.Duration, fmt.Sprintf("the work of `%s` that it waits for", next.Name)
	}
	f.Because = fmt.Sprintf("%s: %s of `%s` in %s is waiting", w.why, ms(w.us), s.Name, s.Service)
	switch {
	case work > 0:
		f.Because += fmt.Sprintf(", %s is %s", ms(work), doing)
	case !call.Failed(s):
		f.Evidence = NeedsOtherTraces // what it waits for is not recorded
	}
	return f
}

func stairsSuspicion(e *exam, q queued) suspicion {
	s, wait, stairs := q.span, q.wait, q.stairs
	f := queueWaitAt(e, s, wait)
	f.low = []path.Change{path.Lasting(s, s.Duration-wait/2)}
	f.high = []path.Change{path.Lasting(s, s.Duration-wait)}
	f.Confidence = High
	if stairs.others < 4 {
		f.Confidence = Medium
	}
	f.Because = fmt.Sprintf("%s took %s; the same in %d other requests ended one after another, %s apart: ",
		e.asked(s), ms(s.Duration), stairs.others, ms(stairs.step))
	if stairs.work > 0 {
		f.Because += fmt.Sprintf("that is the work, the other %s waiting for a turn", ms(wait))
	} else {
		f.Because += "so long does each hold what the next waits for, and this is all waiting"
	}
	return f
}

// A lockWait is a span that says that it waits for a lock.
type lockWait struct {
	span *trace.Span
	us   int64  // on the critical path
	why  string // how it says so
}

// lockWaits finds spans and events that speak of a lock.
func (e *exam) lockWaits() (list []lockWait) {
	for _, s := range e.spent {
		us, why := lockWaitOf(s)
		if us = min(us, e.own[s.Index]); us > 0 {
			list = append(list, lockWait{s, us, why})
		}
	}
	return list
}

// nextAfter is the sibling that begins when s ends.
func nextAfter(s *trace.Span) *trace.Span {
	if s.Parent == nil {
		return nil
	}
	siblings := s.Parent.Children
	i := sort.Search(len(siblings), func(i int) bool { return siblings[i].Start >= s.End() })
	if i == len(siblings) || siblings[i].Start > s.End()+soon {
		return nil
	}
	return siblings[i]
}

// lockWaitOf is how long a span says that it waited for a lock, and how it says so.
func lockWaitOf(s *trace.Span) (us int64, why string) {
	switch code := s.Get(trace.DBStatus); code {
	case "55P03", "1205": // lock_not_available of PostgreSQL, ER_LOCK_WAIT_TIMEOUT of MySQL
		return s.Duration, "the database gave up waiting for a lock, with " + code
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
	words := call.WordsOf(name)
	waits := slices.ContainsFunc(words, func(word string) bool {
		return slices.Contains([]string{"wait", "waits", "waiting", "await", "acquire", "acquiring", "obtain"}, word)
	})
	return lockWords(name) && (waits || len(words) == 1)
}

// lockWords reports whether a name speaks of a lock.
func lockWords(name string) bool {
	for _, word := range call.WordsOf(name) {
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
	wait, _ := lockWaitOf(s)
	return wait > 0
}

func queueWaitAt(e *exam, s *trace.Span, wait int64) suspicion {
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
