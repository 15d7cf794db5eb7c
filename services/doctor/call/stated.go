package call

import (
	"math"
	"slices"
	"strconv"
	"strings"
	"time"

	"spanwise/doctor/trace"
)

// A Waiting is what a wait is for.
type Waiting uint8

const (
	Connection Waiting = iota + 1 // of a pool
	Turn                          // in a queue, or for a lock
	Quota                         // of a rate limit
)

// A Waited is a wait that an attribute states.
type Waited struct {
	For       Waiting
	Wait      trace.Micros
	Attribute string
}

// StatedWait returns the longest wait that an attribute of s states.
func StatedWait(s *trace.Span) (longest Waited, ok bool) {
	for name, value := range s.Attrs {
		if !ContainsAny(name, waitingMarks...) {
			continue
		}
		sort, unit := waitNamed(name)
		us, known := inMicros(value, unit)
		if sort == 0 || !known || ok && (us < longest.Wait || us == longest.Wait && name > longest.Attribute) {
			continue
		}
		longest, ok = Waited{sort, us, name}, true
	}
	return longest, ok
}

// waitNamed reads what an attribute says from its name: db.pool.wait_time_ms is a wait for a connection, in milliseconds. The sort is 0 for
// a name that states no wait of this span: a limit, a count, or a statistic of many waits.
func waitNamed(name string) (sort Waiting, unit time.Duration) {
	if known, ok := waitUnits[name]; ok {
		return Connection, known
	}
	words := Words(name)
	if len(words) == 0 || slices.ContainsFunc(words, func(w string) bool { return waitingNots[w] }) {
		return 0, 0
	}
	unit = units[words[len(words)-1]]
	has := func(section map[string]bool) bool {
		return slices.ContainsFunc(words, func(w string) bool { return section[w] })
	}
	switch waits := has(waitingVerbs); {
	case waits && has(waitingForConnection):
		return Connection, unit
	case waits && has(waitingForLock), has(waitingInQueue) && (waits || has(waitingLengths)):
		return Turn, unit
	case has(waitingForQuota) && (waits || has(waitingLengths)):
		return Quota, unit
	}
	return 0, 0
}

// units are the last words of names that say in which unit a value is.
var units = map[string]time.Duration{
	"ns": time.Nanosecond, "nanos": time.Nanosecond, "nanoseconds": time.Nanosecond,
	"us": time.Microsecond, "micros": time.Microsecond, "microseconds": time.Microsecond,
	"ms": time.Millisecond, "msec": time.Millisecond, "millis": time.Millisecond, "milliseconds": time.Millisecond,
	"s": time.Second, "sec": time.Second, "secs": time.Second, "seconds": time.Second,
}

// waitUnits are the attributes whose names do not say their units.
var waitUnits = map[string]time.Duration{
	"mysql.pool.wait_time": time.Millisecond, "mysql2.pool.wait_time": time.Millisecond, "mariadb.pool.wait_time": time.Millisecond, // dd-trace 6 for JavaScript
	"db.client.connection.wait_time": time.Second, // the metric of OpenTelemetry's conventions, on a span
}

// inMicros converts a number in a unit, or a text with a unit of its own such as 1.5ms.
func inMicros(value string, unit time.Duration) (us trace.Micros, ok bool) {
	value = strings.ReplaceAll(strings.TrimSpace(value), " ", "")
	if d, err := time.ParseDuration(value); err == nil && value != "0" {
		return trace.Micros(d.Microseconds()), d >= 0
	}
	n, err := strconv.ParseFloat(value, 64)
	us = trace.Micros(math.Round(min(n*float64(unit.Nanoseconds())/1000, 1e15)))
	return us, err == nil && n >= 0 && unit > 0
}
