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

// A Waited is a wait that an attribute states, or that an event ends.
type Waited struct {
	For     Waiting
	Wait    trace.Micros
	By      string // what states it, such as: attribute `pool.wait_ms`
	Guessed bool   // the attribute does not say that its unit is the millisecond, but most do
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

// Of returns the longest wait that an attribute of s states or, if none does, the one that an event ends.
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
		longest, ok = Waited{says.sort, us, "attribute `" + a.Key + "`", guessed}, true
	}
	if !ok {
		return gotConnection(s)
	}
	return longest, ok
}

// gotConnection returns the wait that ends with an event such as "acquired connection". It begins with an event such as "waiting for a
// connection" or, if there is none, with the span. If the client connected meanwhile, it did not wait for a connection that was in use.
func gotConnection(s *trace.Span) (w Waited, ok bool) {
	since := s.Start
	for _, ev := range s.Events {
		words := Words(ev.Name)
		switch {
		case hasWord(words, connectingWords):
			return w, false
		case !hasWord(words, waitingForConnection):
		case hasWord(words, havingWords):
			return Waited{For: Connection, Wait: max(0, ev.Time-since), By: "event `" + ev.Name + "`"}, true
		case hasWord(words, waitingVerbs):
			since = ev.Time
		}
	}
	return w, false
}

// newWaitName reads the name of an attribute: db.pool.wait_time_ms is a wait for a connection, in milliseconds. Limits, counts, and statistics
// of many waits are not waits of a span.
func newWaitName(name string) (n waitName) {
	if unit, ok := waitUnits[name]; ok {
		return waitName{Connection, unit, 0}
	}
	words := withoutRateLimit(Words(name))
	has := func(section map[string]bool) bool { return hasWord(words, section) }
	if len(words) == 0 || has(waitingNots) {
		return n
	}
	waits, long := has(waitingVerbs), has(waitingLengths)
	switch {
	case waits && has(waitingForConnection) && !has(waitingForThread):
		n.sort = Connection
	case waits && (has(lockWords) || has(waitingForThread)), has(waitingInQueue) && (waits || long):
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

// withoutRateLimit writes a rate limit as one word, because a limit alone is not a wait.
func withoutRateLimit(words []string) []string {
	for i, word := range words[:max(0, len(words)-1)] {
		if word == "rate" && strings.HasPrefix(words[i+1], "limit") {
			return slices.Replace(words, i, i+2, "ratelimit")
		}
	}
	return words
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
