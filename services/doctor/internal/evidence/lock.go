package evidence

import (
	"sort"

	"spanwise/doctor/call"
	"spanwise/doctor/trace"
)

// Waits for locks that a span or an event records.

// NextAfter is the sibling that starts right when s ends, or nil.
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

// A LockWait is a span that records that it waited for a lock.
type LockWait struct {
	Span *trace.Span
	Wait trace.Micros // on the critical path
	Why  string       // how the wait is recorded

	Alongside []*trace.Span // the others of its name and service, which wait off the critical path; of the first such wait only
}

// lockWaits lists the spans on the critical path that record a wait for a lock.
func (e *Exam) lockWaits() (list []LockWait) {
	for _, s := range e.OnPath {
		us, why := lockWaitOf(s)
		if us = min(us, e.Self[s.Index]); us > 0 {
			list = append(list, LockWait{Span: s, Wait: us, Why: why})
		}
	}
	if len(list) > 0 {
		e.findAlongside(list)
	}
	return list
}

// findAlongside finds the waits for the same locks off the critical path: what shortens one wait shortens all.
func (e *Exam) findAlongside(list []LockWait) {
	type lock struct{ service, name string }
	first := map[lock]*LockWait{}
	for i := range list {
		if k := (lock{list[i].Span.Service, list[i].Span.Name}); first[k] == nil {
			first[k] = &list[i]
		}
	}
	for _, s := range e.Trace.Spans {
		if w := first[lock{s.Service, s.Name}]; w != nil && e.Self[s.Index] == 0 {
			if us, _ := lockWaitOf(s); us >= Soon {
				w.Alongside = append(w.Alongside, s)
			}
		}
	}
}

// lockWaitOf is how long a span waited for a lock by its own record, and how it is recorded.
func lockWaitOf(s *trace.Span) (us trace.Micros, why string) {
	switch code := s.Get(trace.DBStatus); code {
	case "55P03", "1205": // lock_not_available of PostgreSQL, ER_LOCK_WAIT_TIMEOUT of MySQL
		return s.Duration, "the database gave up with " + code
	}
	if len(s.Children) == 0 && Wraps(s) && call.NamesLockWait(s.Name) {
		return s.Duration, "judging by its name"
	}
	since := s.Start
	for _, ev := range s.Events {
		if !call.NamesLock(ev.Name) {
			continue
		}
		if call.NamesLockTaken(ev.Name) {
			return max(0, ev.Time-since), "by its event `" + ev.Name + "`"
		}
		since = ev.Time
	}
	return 0, ""
}

// recordsLock reports whether a span records a wait for a lock.
func recordsLock(s *trace.Span) bool {
	if s == nil {
		return false
	}
	wait, _ := lockWaitOf(s)
	return wait > 0
}
