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
	if !e.mayTakeLocks() {
		return nil
	}
	for _, l := range e.pairs() {
		if l.mayTake() {
			spins = append(spins, l.runs(l.triesAgain)...)
		}
	}
	return slices.DeleteFunc(spins, func(l *Loop) bool { return refused(l.Calls[len(l.Calls)-1]) })
}

// mayTakeLocks reports whether the trace has a call that can take a lock. Calls of one group are alike, so one of each is enough.
func (e *Exam) mayTakeLocks() bool {
	seen := map[int32]bool{}
	for _, c := range e.Calls {
		if !c.Effect.MayChange() || seen[c.Group] && !c.Failed {
			continue
		}
		seen[c.Group] = true
		if refused(c) || takesLock(c) {
			return true
		}
	}
	return false
}

// mayTake reports whether the calls of a loop can take a lock. If their keys are hidden, they must also be made like polls, and not at
// the pace of other work.
func (l *Loop) mayTake() bool {
	first := l.Calls[0]
	switch {
	case len(l.Units) != len(l.Calls):
		return false
	case refused(first):
		return true
	}
	return takesLock(first) && (first.Key != "" || l.Concurrency() < 1.1 && waitsEvenly(l.Units, l.Pauses()))
}

// triesAgain reports whether the i-th call repeats the one before it, which did not get the lock. Its caller only waited in between.
func (l *Loop) triesAgain(i int) bool {
	before, next := l.Calls[i-1], l.Calls[i]
	if before.Key != next.Key || next.Span.Start < before.Span.End()-Overlap {
		return false
	}
	gap, idle := l.Units[i].Start-l.Units[i-1].End(), l.idleBefore(i)
	return idle*2 >= gap && (refused(before) && idle >= Soon || !before.Failed && takesLock(before))
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

// refused reports a write that another request stands in the way of: 409 Conflict, 423 Locked, or a condition of DynamoDB that does not hold.
func refused(c *call.Call) bool {
	if !c.Effect.MayChange() {
		return false
	}
	status := c.Get(trace.HTTPStatus)
	return status == "409" || status == "423" || c.Failed && Says(c.Span, "conditionalcheckfailed")
}

// takesLock reports a function that tries to take a lock, a write of a key that is named for a lock, and a write that has no effect if
// something exists: Redis SET … NX and SETNX, memcached add, SQL that ignores a duplicate or updates only what it finds as it was. The
// values of such SQL must be visible, because it also serves to write many rows.
func takesLock(c *call.Call) bool {
	switch {
	case !c.Store || !c.Effect.MayChange():
		return false
	case c.Statement == nil:
		command := strings.ToLower(c.Span.Get(trace.DBText))
		return command != "" && (ifAbsent(strings.Fields(command)) || c.Key != "" && call.NamesLock(c.Key))
	case call.ContainsAny(c.Statement.Template, "pg_try_advisory_", "get_lock(", "sp_getapplock"):
		return true
	}
	return c.Key != "" && (call.ContainsAny(c.Statement.Template, ") do nothing", "conflict do nothing", "insert ignore", "or ignore") ||
		comparesAndSets(c.Statement.Template))
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

// comparesAndSets reports an UPDATE that sets a column only if it has a certain value.
func comparesAndSets(template string) bool {
	_, rest, isUpdate := strings.Cut(template, " set ")
	assignments, condition, found := strings.Cut(rest, " where ")
	if !isUpdate || !found || !strings.HasPrefix(template, "update ") {
		return false
	}
	tested := strings.FieldsFunc(condition, func(r rune) bool { return strings.ContainsRune(" ()=<>,", r) })
	for assignment := range strings.SplitSeq(assignments, ",") {
		column, _, _ := strings.Cut(assignment, "=")
		if slices.Contains(tested, strings.TrimSpace(column)) {
			return true
		}
	}
	return false
}
