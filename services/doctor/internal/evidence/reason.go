package evidence

import (
	"strings"

	"spanwise/doctor/call"
	"spanwise/doctor/trace"
)

// Reason is what a failed span records about its failure, in parentheses after a space; "" if it records nothing. A
// message in words says more than a code, and a code more than the name of a type.
func Reason(s *trace.Span) string {
	code := codeOf(s)
	if conflict(s.Get(trace.DBStatus)) {
		return " (" + s.Get(trace.DBStatus) + ", a conflict with another transaction, to be retried)"
	}
	if f := call.ProxyFlag(s); f != nil {
		return " (" + strings.TrimPrefix(code+"; ", "; ") + "the proxy's response flag " + f.Name + ": " + f.Describe(s) + ")"
	}
	text, kind := call.Message(s), s.Get(trace.ErrorType)
	switch {
	case text != "" && !strings.Contains(text, code):
		text = joined(code, text)
	case text == "" && call.Telling(kind):
		text = kind
	case text == "" && code == "" && kind != "":
		text = "error.type " + kind
	case text == "":
		text = code
	}
	if text == "" {
		return ""
	}
	return " (" + call.Shorten(text) + ")"
}

func joined(code, text string) string {
	if code == "" {
		return text
	}
	return code + ": " + text
}

// codeOf is the status code of a failed span, spelled for a reader; "" if it has none.
func codeOf(s *trace.Span) string {
	if v := s.Get(trace.HTTPStatus); call.Number(v) >= 400 {
		return v
	}
	if v := s.Get(trace.RPCStatus); v != "" && v != "0" && v != "OK" {
		return spelled(trace.RPCStatus, v)
	}
	return s.Get(trace.DBStatus)
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
