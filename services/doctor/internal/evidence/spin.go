package evidence

import (
	"slices"
	"strings"

	"spanwise/doctor/call"
	"spanwise/doctor/trace"
)

// findSpins lists the runs of calls that try to take a lock until they succeed: the same write, on one key, which has no effect
// while another request holds that key. Requests that are refused to the end were refused for another reason.
func (e *Exam) findSpins() (spins []*Loop) {
	if !slices.ContainsFunc(e.Calls, mayTake) {
		return nil
	}
	for _, l := range e.pairs() {
		if l.mayTake() {
			spins = append(spins, l.runs(l.triesAgain)...)
		}
	}
	return slices.DeleteFunc(spins, func(l *Loop) bool { return refused(l.Calls[len(l.Calls)-1]) })
}

// mayTake reports whether the calls of a loop are of a kind that can take a lock, so that the runs in it are worth a look.
func (l *Loop) mayTake() bool {
	return len(l.Units) == len(l.Calls) && mayTake(l.Calls[0])
}

func mayTake(c *call.Call) bool { return refused(c) || takesLock(c) }

// triesAgain reports whether the i-th call repeats the one before it, which did not get the lock. Its caller only waited in between.
func (l *Loop) triesAgain(i int) bool {
	before, next := l.Calls[i-1], l.Calls[i]
	if before.Failed || before.Key != next.Key || next.Span.Start < before.Span.End()-Overlap {
		return false
	}
	gap, idle := l.Units[i].Start-l.Units[i-1].End(), l.idleBefore(i)
	return idle*2 >= gap && (takesLock(before) || refused(before) && idle >= Soon)
}

// Spins reports a loop whose calls try to take a lock.
func (l *Loop) Spins() bool {
	if !l.mayTake() {
		return false
	}
	again := 0
	for i := range l.Calls[1:] {
		if l.triesAgain(i + 1) {
			again++
		}
	}
	return again*2 >= len(l.Calls)-1
}

// refused reports a call that was answered by 409 Conflict or 423 Locked: another request is in the way.
func refused(c *call.Call) bool {
	status := c.Get(trace.HTTPStatus)
	return c.Effect.MayChange() && (status == "409" || status == "423")
}

// takesLock reports a function that tries to take a lock, a write of a key that is named for a lock, or a write of a visible key
// that has no effect if the key exists: Redis SET … NX and SETNX, memcached add, SQL that ignores a duplicate.
func takesLock(c *call.Call) bool {
	switch {
	case !c.Store || !c.Effect.MayChange():
		return false
	case c.Statement == nil:
		return c.Key != "" && (mentionsLock(c.Key) || ifAbsent(strings.Fields(strings.ToLower(c.Key))))
	case call.ContainsAny(c.Statement.Template, "pg_try_advisory_", "get_lock(", "sp_getapplock"):
		return true
	}
	return c.Key != "" && call.ContainsAny(c.Statement.Template, ") do nothing", "conflict do nothing", "insert ignore", "or ignore")
}

// ifAbsent reports the commands of key-value stores that write only what does not exist yet.
func ifAbsent(command []string) bool {
	switch command[0] {
	case "setnx", "msetnx", "add":
		return true
	case "set":
		return slices.Contains(command[min(3, len(command)):], "nx") // after the key and the value
	}
	return false
}
