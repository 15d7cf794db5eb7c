package evidence

import (
	"fmt"
	"slices"
	"strings"

	"spanwise/doctor/call"
	"spanwise/doctor/trace"
)

// Cancelled reports a failure that says somebody else ended it. A time limit is a reason of its own.
func Cancelled(s *trace.Span) bool {
	return s.Get(trace.RPCStatus) == "1" || Says(s, "cancel", "aborterror") && !OutOfTime(s)
}

// OutOfTime reports a failure that says a time limit ended it.
func OutOfTime(s *trace.Span) bool {
	return s.Get(trace.RPCStatus) == "4" || Says(s, "timeout", "timed out", "deadline")
}

// Says reports whether one of the words is in what a span tells of its failure.
func Says(s *trace.Span, words ...string) bool {
	told := []string{s.Get(trace.ErrorType), s.Get(trace.RPCStatus), s.Get(trace.StatusText)}
	for _, ev := range s.Events {
		told = append(told, ev.Attrs["exception.type"], ev.Attrs["exception.message"])
	}
	text := strings.ToLower(strings.Join(told, " "))
	return slices.ContainsFunc(words, func(w string) bool { return strings.Contains(text, w) })
}

// CutShort reports a call that failed because its caller waited no longer.
func (e *Exam) CutShort(s *trace.Span) bool {
	c := e.CallOf[s.Index]
	return c != nil && call.Failed(s) && !Cancelled(s) && s.Get(trace.HTTPStatus) == "" && (e.Overrun(c) > 0 || OutOfTime(s))
}

// TimeLimit says which limit a call ran into that was cut short, if its length tells.
func TimeLimit(s *trace.Span) string {
	if limit := RoundTime(s.Duration); limit > 0 {
		return fmt.Sprintf(", the timeout seems to be %s", Ms(limit))
	}
	return ""
}

// Reason is what a failed span says of its failure.
func Reason(s *trace.Span) string {
	if code := s.Get(trace.DBStatus); conflict(code) {
		return " (" + code + ", a conflict with another transaction, made to be tried again)"
	}
	for _, m := range []trace.Meaning{trace.ErrorType, trace.HTTPStatus, trace.RPCStatus, trace.DBStatus, trace.StatusText} {
		if v := s.Get(m); v != "" {
			return " (" + call.Shorten(spelled(m, v)) + ")"
		}
	}
	for _, ev := range s.Events {
		if m := ev.Attrs["exception.message"]; m != "" {
			return " (" + call.Shorten(m) + ")"
		}
	}
	return ""
}

// conflict reports the codes by which a database undoes one of two transactions that stand in each other's way: class 40 of the SQL
// standard (40001 serialization failure, 40P01 deadlock of PostgreSQL) and ER_LOCK_DEADLOCK of MySQL.
func conflict(code string) bool {
	return len(code) == 5 && strings.HasPrefix(code, "40") || code == "1213"
}

// codes are the status codes of gRPC, from 0 (grpc.io/docs/guides/status-codes).
var codes = []string{"OK", "CANCELLED", "UNKNOWN", "INVALID_ARGUMENT", "DEADLINE_EXCEEDED", "NOT_FOUND", "ALREADY_EXISTS", "PERMISSION_DENIED",
	"RESOURCE_EXHAUSTED", "FAILED_PRECONDITION", "ABORTED", "OUT_OF_RANGE", "UNIMPLEMENTED", "INTERNAL", "UNAVAILABLE", "DATA_LOSS", "UNAUTHENTICATED"}

// spelled is a value for a reader: a number that stands for a word is that word.
func spelled(m trace.Meaning, value string) string {
	if n := call.Number(value); m.Is(trace.RPCStatus) && n > 0 && n < len(codes) {
		return codes[n]
	}
	return value
}
