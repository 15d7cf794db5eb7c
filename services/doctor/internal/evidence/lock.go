package evidence

import (
	"slices"
	"sort"
	"strings"

	"spanwise/doctor/call"
	"spanwise/doctor/trace"
)

// NextAfter is the sibling that begins when s ends.
func NextAfter(s *trace.Span) *trace.Span {
	if s.Parent == nil {
		return nil
	}
	siblings := s.Parent.Children
	i := sort.Search(len(siblings), func(i int) bool { return siblings[i].Start >= s.End() })
	if i == len(siblings) || siblings[i].Start > s.End()+Soon {
		return nil
	}
	return siblings[i]
}

// A LockWait is a span that says that it waits for a lock.
type LockWait struct {
	Span *trace.Span
	Wait int64  // on the critical path
	Why  string // how it says so
}

// lockWaits finds spans and events that speak of a lock.
func (e *Exam) lockWaits() (list []LockWait) {
	for _, s := range e.OnPath {
		us, why := lockWaitOf(s)
		if us = min(us, e.Self[s.Index]); us > 0 {
			list = append(list, LockWait{s, us, why})
		}
	}
	return list
}

// lockWaitOf is how long a span says that it waited for a lock, and how it says so.
func lockWaitOf(s *trace.Span) (us int64, why string) {
	switch code := s.Get(trace.DBStatus); code {
	case "55P03", "1205": // lock_not_available of PostgreSQL, ER_LOCK_WAIT_TIMEOUT of MySQL
		return s.Duration, "the database gave up waiting for a lock, with " + code
	}
	if len(s.Children) == 0 && Wraps(s) && namedForWaiting(s.Name) {
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
