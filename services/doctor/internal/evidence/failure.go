package evidence

import (
	"fmt"
	"slices"

	"spanwise/doctor/call"
	"spanwise/doctor/trace"
)

// How calls failed: cancelled, out of time, or given up.

// Cancelled reports a failed span that was cancelled from outside. Running out of time is not a cancellation.
func Cancelled(s *trace.Span) bool {
	return s.Get(trace.RPCStatus) == "1" || (Says(s, "cancel", "aborterror") || hungUp(s)) && !OutOfTime(s)
}

// hungUp reports a server's span that failed because its client went away before the response.
func hungUp(s *trace.Span) bool {
	return !s.Calling() && Says(s, "clientdisconnect", "client disconnected", "client closed", "disconnected client", "broken pipe", "brokenpipe", "epipe", "clientabort")
}

// OutOfTime reports a span that failed at a time limit.
func OutOfTime(s *trace.Span) bool {
	return s.Get(trace.RPCStatus) == "4" || Says(s, "timeout", "timed out", "deadline")
}

// Says reports whether the recorded failure of a span contains one of the words.
func Says(s *trace.Span, words ...string) bool { return call.ContainsAny(call.Said(s), words...) }

// CutShort reports a call that failed because its caller stopped waiting.
func (e *Exam) CutShort(s *trace.Span) bool {
	c := e.CallOf[s.Index]
	return c != nil && call.Failed(s) && !Cancelled(s) && s.Get(trace.HTTPStatus) == "" && (e.Overrun(c) > 0 || OutOfTime(s))
}

// NotReached reports whether at least half of a place's time is in calls that did not reach the callee, or that a proxy answered itself: then
// it says nothing about the callee.
func (e *Exam) NotReached(p *Place) bool {
	var us trace.Micros
	for _, v := range p.Visits {
		if call.Unreached(v.Span) != nil || call.Unasked(v.Span) {
			us += v.time
		}
	}
	return us > 0 && us*2 >= p.Total
}

// TimeLimit says which time limit ended a call, if its duration shows it.
func TimeLimit(s *trace.Span) string {
	if limit := RoundTime(s.Duration); limit > 0 {
		return fmt.Sprintf(" (the timeout seems to be %s)", limit)
	}
	return ""
}

// Timeout is the round duration after which all failed attempts of a loop ended; 0 if there is none.
func Timeout(l *Loop) trace.Micros {
	var list []trace.Micros
	for _, c := range l.Calls {
		if c.Failed && (c.Answered() || failedInCallee(c)) {
			return 0
		}
		if c.Failed {
			list = append(list, c.Span.Duration)
		}
	}
	if len(list) < 2 || slices.Max(list)-slices.Min(list) > slices.Max(list)/50 {
		return 0
	}
	return RoundTime(slices.Min(list))
}

// failedInCallee reports a call that failed because its callee did: the callee's span failed, too, ended before the caller's, and not because
// time had run out.
func failedInCallee(c *call.Call) bool {
	return c.Server != nil && c.Server != c.Span && call.Failed(c.Server) && c.Server.End() <= c.Span.End() &&
		!OutOfTime(c.Span) && !OutOfTime(c.Server) && !Cancelled(c.Server)
}

// timeouts are the settings that people choose, in ms: 1, 2, 3, or 5 times a power of ten (3 s is the default timeout of an AWS
// Lambda function), and quarters of a minute.
var timeouts = []trace.Micros{50, 100, 200, 300, 500, 1000, 2000, 3000, 5000, 10_000, 15_000, 20_000, 30_000, 50_000, 60_000}

// RoundTime is the timeout setting that a duration d just reached; 0 if none is near. A timeout is noticed a little
// late, never early.
func RoundTime(d trace.Micros) trace.Micros {
	for _, ms := range timeouts {
		if limit := ms * trace.Millisecond; d >= limit-limit/100 && d <= limit+limit/20 {
			return limit
		}
	}
	return 0
}
