package call

import (
	"regexp"
	"slices"
	"strings"

	"spanwise/doctor/trace"
)

// Failed reports whether a span says that it did not work. A 4xx is an answer, and so are its likes among the RPC codes: the
// question was wrong, not the service; but for those that say "too slow" and "too many". And so is it where what was looked for is not there.
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
	return s.Error && !foundNothing(s)
}

// foundNothing reports a span that clients mark as failed though it was answered: there is no such thing. A code of the
// database's own says otherwise.
func foundNothing(s *trace.Span) bool {
	if s.Get(trace.DBStatus) != "" {
		return false
	}
	told := []string{s.Get(trace.StatusText), strings.Join(WordsOf(s.Get(trace.ErrorType)), " ")}
	for _, ev := range s.Events {
		told = append(told, ev.Attrs["exception.message"], strings.Join(WordsOf(ev.Attrs["exception.type"]), " "))
	}
	return slices.ContainsFunc(told, nothing.MatchString)
}

// What clients say of an empty answer: go-redis "redis: nil", database/sql "sql: no rows in result set", the MongoDB drivers
// "no documents in result", Django "matching query does not exist", and the many whose record, key or document was "not found".
// A host, a table or a method that is not there is a failure all the same.
var nothing = regexp.MustCompile(`(?i)\bnil$|\bno (such )?(rows?|documents?|records?|results?|keys?|items?)\b` +
	`|\b(row|document|record|key|item|entity|object)s?( was)? not found\b|\bmatching query does not exist\b|\bcache miss$`)
