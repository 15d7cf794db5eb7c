// Package problem is the one kind of error that is meant for a caller: what went wrong, as an HTTP
// status for the program, a sentence for the person, and a cause for the log.
// Make one with [New]; the edge (package rest) turns it into an RFC 9457 answer.
package problem

import (
	"errors"
	"fmt"
	"net/http"
	"time"
)

// ClientGone is the status of a request whose caller hung up. Nobody reads it but logs and traces.
// Source: nginx's 499, there is no registered one.
const ClientGone = 499

// An Error is a problem that a caller is told about.
type Error struct {
	Status     int           // HTTP status, 400 to 599
	Detail     string        // a sentence for the caller; never holds a cause's text
	RetryAfter time.Duration // when asking again makes sense; 0 says nothing
	Service    string        // the service behind this one that failed; empty if it was this one
	Cause      error         // for the log; may be nil
}

// New returns a problem with a detail formatted as by [fmt.Sprintf].
func New(status int, format string, args ...any) *Error {
	return &Error{Status: status, Detail: fmt.Sprintf(format, args...)}
}

// Because returns the problem with its cause.
func (e *Error) Because(cause error) *Error {
	e.Cause = cause
	return e
}

// After returns the problem with the time after which asking again makes sense.
func (e *Error) After(d time.Duration) *Error {
	e.RetryAfter = d
	return e
}

// From returns the problem as one of a service behind this one.
func (e *Error) From(service string) *Error {
	e.Service = service
	return e
}

func (e *Error) Error() string {
	if e.Cause == nil {
		return e.Detail
	}
	return e.Detail + ": " + e.Cause.Error()
}

func (e *Error) Unwrap() error { return e.Cause }

// From finds the problem in an error, or makes one: whatever nobody named is a 500 that keeps its cause to the log.
func From(err error) *Error {
	var e *Error
	if errors.As(err, &e) {
		return e
	}
	return New(http.StatusInternalServerError, "something went wrong here; the log has the cause under this trace id").Because(err)
}

// Is reports whether the error is a problem with that status.
func Is(err error, status int) bool {
	var e *Error
	return errors.As(err, &e) && e.Status == status
}
