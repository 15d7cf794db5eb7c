package call

import (
	"math"
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
	Guessed   bool // the attribute does not say that its unit is the millisecond, but most do
}

// StatedWaits reads the waits that attributes state. It remembers what their names mean, because the same ones come again and again. Make one
// with make; it is not safe for concurrent use.
type StatedWaits map[string]waitName

// A waitName is what the name of an attribute says. The sort is 0 if it states no wait of its span.
type waitName struct {
	sort    Waiting
	unit    time.Duration // 0 if the name does not say it
	guessed time.Duration // the unit to take if the value does not say it either
}

// Of returns the longest wait that an attribute of s states.
func (w StatedWaits) Of(s *trace.Span) (longest Waited, ok bool) {
	for _, a := range s.Attrs {
		says := cached(w, a.Key, newWaitName)
		if says.sort == 0 {
			continue
		}
		us, known := inMicros(a.Value, says.unit)
		guessed := !known && says.guessed > 0
		if guessed {
			us, known = inMicros(a.Value, says.guessed)
		}
		if !known || ok && us <= longest.Wait {
			continue
		}
		longest, ok = Waited{says.sort, us, a.Key, guessed}, true
	}
	return longest, ok
}

// newWaitName reads the name of an attribute: db.pool.wait_time_ms is a wait for a connection, in milliseconds. Limits, counts, and statistics
// of many waits are not waits of a span.
func newWaitName(name string) (n waitName) {
	if unit, ok := waitUnits[name]; ok {
		return waitName{Connection, unit, 0}
	}
	words := Words(name)
	has := func(section map[string]bool) bool { return hasWord(words, section) }
	if len(words) == 0 || has(waitingNots) {
		return n
	}
	waits, long := has(waitingVerbs), has(waitingLengths)
	switch {
	case waits && has(waitingForConnection):
		n.sort = Connection
	case waits && has(lockWords), has(waitingInQueue) && (waits || long):
		n.sort = Turn
	case has(waitingForQuota) && (waits || long):
		n.sort = Quota
	}
	n.unit = units[words[len(words)-1]]
	if n.unit == 0 && long {
		n.guessed = time.Millisecond
	}
	return n
}

// units are the last words of names that say in which unit a value is.
var units = map[string]time.Duration{
	"ns": time.Nanosecond, "nanos": time.Nanosecond, "nanoseconds": time.Nanosecond,
	"us": time.Microsecond, "micros": time.Microsecond, "microseconds": time.Microsecond,
	"ms": time.Millisecond, "msec": time.Millisecond, "millis": time.Millisecond, "milliseconds": time.Millisecond,
	"s": time.Second, "sec": time.Second, "secs": time.Second, "seconds": time.Second,
}

// waitUnits are the attributes that state a wait for a connection, but whose names do not say that, or not in which unit.
var waitUnits = map[string]time.Duration{
	// dd-trace 6.21 for JavaScript
	"mysql.pool.wait_time": time.Millisecond, "mysql2.pool.wait_time": time.Millisecond, "mariadb.pool.wait_time": time.Millisecond,
	// opentelemetry_ecto 1.2
	"queue_time_microseconds": time.Microsecond, "queue_time_milliseconds": time.Millisecond, "queue_time_nanoseconds": time.Nanosecond,
	// the metric of OpenTelemetry's conventions, on a span
	"db.client.connection.wait_time": time.Second, "db.client.connections.wait_time": time.Millisecond,
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
