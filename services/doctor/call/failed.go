package call

import (
	"regexp"
	"slices"
	"strings"

	"spanwise/doctor/trace"
)

// Failed reports whether a span failed. A 4xx status is a response, and so are the RPC codes like it: the request was wrong, not the
// service. The exceptions are those that mean "too slow" and "too many". A lookup that found nothing did not fail either.
func Failed(s *trace.Span) bool {
	switch status := Number(s.Get(trace.HTTPStatus)); {
	case status >= 500 || status == 408 || status == 429:
		return true
	case status >= 400:
		return false
	}
	switch strings.ToUpper(s.Get(trace.RPCStatus)) {
	case "4", "8", "13", "14", "DEADLINE_EXCEEDED", "RESOURCE_EXHAUSTED", "INTERNAL", "UNAVAILABLE":
		return true
	case "3", "5", "6", "7", "9", "11", "16", "INVALID_ARGUMENT", "NOT_FOUND", "ALREADY_EXISTS", "PERMISSION_DENIED",
		"FAILED_PRECONDITION", "OUT_OF_RANGE", "UNAUTHENTICATED":
		return false
	}
	return s.Error && !foundNothing(s) && !leftToPrepare(s)
}

// leftToPrepare reports whether a span is marked as failed only because the driver of a database returned ErrSkip of Go's package
// database/sql/driver: the statement is prepared instead.
func leftToPrepare(s *trace.Span) bool {
	const skip = "driver: skip fast-path" // Go 1.0 to 1.26
	return strings.HasPrefix(s.Get(trace.StatusText), skip) || slices.ContainsFunc(s.Events, func(ev trace.Event) bool {
		return strings.HasPrefix(ev.Attrs.Get("exception.message"), skip)
	})
}

// foundNothing reports whether a client marked a span as failed because the callee found nothing. If the database returned an error code,
// the call did fail.
func foundNothing(s *trace.Span) bool {
	if s.Get(trace.DBStatus) != "" {
		return false
	}
	errors := []string{s.Get(trace.StatusText), strings.Join(Words(s.Get(trace.ErrorType)), " ")}
	for _, ev := range s.Events {
		errors = append(errors, ev.Attrs.Get("exception.message"), strings.Join(Words(ev.Attrs.Get("exception.type")), " "))
	}
	return slices.ContainsFunc(errors, saysNothing)
}

// saysNothing reports whether a client's error means that it found nothing. Most errors contain none of the words, and matching the whole
// expression takes a hundred times as long.
func saysNothing(text string) bool {
	return ContainsAny(strings.ToLower(text), "nil", "no ", "not found", "not exist", "miss") && nothing.MatchString(text)
}

// nothing matches what clients report if they find nothing: go-redis "redis: nil", database/sql "sql: no rows in result set", the MongoDB
// drivers "no documents in result", Django "matching query does not exist", and many others that a record, key or document was "not found".
// A missing host, table or method is a failure.
var nothing = regexp.MustCompile(`(?i)\bnil$|\bno (such )?(rows?|documents?|records?|results?|keys?|items?)\b` +
	`|\b(row|document|record|key|item|entity|object)s?( was)? not found\b|\bmatching query does not exist\b|\bcache miss$`)
