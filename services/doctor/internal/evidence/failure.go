package evidence

import (
	"fmt"
	"slices"
	"strings"

	"spanwise/doctor/call"
	"spanwise/doctor/trace"
)

// Cancelled reports a failed span that was cancelled from outside. Running out of time is not a cancellation.
func Cancelled(s *trace.Span) bool {
	return s.Get(trace.RPCStatus) == "1" || Says(s, "cancel", "aborterror") && !OutOfTime(s)
}

// OutOfTime reports a span that failed at a time limit.
func OutOfTime(s *trace.Span) bool {
	return s.Get(trace.RPCStatus) == "4" || Says(s, "timeout", "timed out", "deadline")
}

// Says reports whether the recorded failure of a span contains one of the words.
func Says(s *trace.Span, words ...string) bool {
	recorded := []string{s.Get(trace.ErrorType), s.Get(trace.RPCStatus), s.Get(trace.StatusText)}
	for _, ev := range s.Events {
		recorded = append(recorded, ev.Attrs.Get("exception.type"), ev.Attrs.Get("exception.message"))
	}
	return call.ContainsAny(strings.ToLower(strings.Join(recorded, " ")), words...)
}

// CutShort reports a call that failed because its caller stopped waiting.
func (e *Exam) CutShort(s *trace.Span) bool {
	c := e.CallOf[s.Index]
	return c != nil && call.Failed(s) && !Cancelled(s) && s.Get(trace.HTTPStatus) == "" && (e.Overrun(c) > 0 || OutOfTime(s))
}

// TimeLimit says which time limit ended a call, if its duration shows it.
func TimeLimit(s *trace.Span) string {
	if limit := RoundTime(s.Duration); limit > 0 {
		return fmt.Sprintf(" (the timeout seems to be %s)", limit)
	}
	return ""
}

// Reason is what a failed span records about its failure, in parentheses after a space; "" if it records nothing.
func Reason(s *trace.Span) string {
	if code := s.Get(trace.DBStatus); conflict(code) {
		return " (" + code + ", a conflict with another transaction, to be retried)"
	}
	for _, m := range []trace.Meaning{trace.ErrorType, trace.HTTPStatus, trace.RPCStatus, trace.DBStatus, trace.StatusText} {
		if v := s.Get(m); v != "" {
			return " (" + call.Shorten(spelled(m, v)) + ")"
		}
	}
	for _, ev := range s.Events {
		if m := ev.Attrs.Get("exception.message"); m != "" {
			return " (" + call.Shorten(m) + ")"
		}
	}
	return ""
}

// conflict reports the codes with which a database rolls back one of two conflicting transactions: class 40 of the
// SQL standard (in PostgreSQL 40001 serialization failure, 40P01 deadlock), and MySQL's ER_LOCK_DEADLOCK.
func conflict(code string) bool {
	return len(code) == 5 && strings.HasPrefix(code, "40") || code == "1213"
}

// codes are the gRPC status codes, from 0 (grpc.io/docs/guides/status-codes).
var codes = []string{"OK", "CANCELLED", "UNKNOWN", "INVALID_ARGUMENT", "DEADLINE_EXCEEDED", "NOT_FOUND", "ALREADY_EXISTS", "PERMISSION_DENIED",
	"RESOURCE_EXHAUSTED", "FAILED_PRECONDITION", "ABORTED", "OUT_OF_RANGE", "UNIMPLEMENTED", "INTERNAL", "UNAVAILABLE", "DATA_LOSS", "UNAUTHENTICATED"}

// spelled is a value for a reader: the name of a numeric status code.
func spelled(m trace.Meaning, value string) string {
	if n := call.Number(value); m.Is(trace.RPCStatus) && n > 0 && n < len(codes) {
		return codes[n]
	}
	return value
}

// Timeout is the round duration after which all failed attempts of a loop ended; 0 if there is none.
func Timeout(l *Loop) trace.Micros {
	var list []trace.Micros
	for _, c := range l.Calls {
		if c.Failed && c.Answered() {
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
