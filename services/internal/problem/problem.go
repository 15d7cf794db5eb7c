// Package problem is the kind of error that a service reports to its caller: a status for the program, a sentence for
// the person, and a cause for the log. A service's logic makes one with [Invalid], [NotFound] and the like, and knows
// nothing of HTTP; package rest turns it into a response as RFC 9457 describes.
package problem

import (
	"errors"
	"fmt"
	"net/http"
	"time"
)

// ClientGone is the status of a request whose caller hung up. Only logs and traces show it.
// It is nginx's 499; no status is registered for this.
const ClientGone = 499

// An Error is a problem to report to the caller.
type Error struct {
	Status     int           // HTTP status, 400 to 599
	Detail     string        // a sentence for the caller; never contains the text of a cause
	RetryAfter time.Duration // when to try again; 0 if unknown
	Resent     bool          // the refused call was sent more than once, and an earlier copy of it may still be under way
	Service    string        // the service behind this one that failed; empty if it was this one
	Cause      error         // for the log; may be nil
}

// Invalid returns the problem of a request that can never succeed. Like the functions below it formats its detail as
// [fmt.Sprintf] does.
func Invalid(format string, args ...any) *Error { return New(http.StatusBadRequest, format, args...) }

// NotFound returns the problem of a request for something that does not exist.
func NotFound(format string, args ...any) *Error { return New(http.StatusNotFound, format, args...) }

// Conflict returns the problem of a request that the present state does not allow.
func Conflict(format string, args ...any) *Error { return New(http.StatusConflict, format, args...) }

// KeyReused returns the problem of an idempotency key that was used for another request.
func KeyReused(format string, args ...any) *Error {
	return New(http.StatusUnprocessableEntity, format, args...)
}

// Unavailable returns the problem of a service that cannot do its work now, but may be able to in a second.
func Unavailable(format string, args ...any) *Error {
	e := New(http.StatusServiceUnavailable, format, args...)
	e.RetryAfter = time.Second
	return e
}

// New returns a problem with an HTTP status.
func New(status int, format string, args ...any) *Error {
	return &Error{Status: status, Detail: fmt.Sprintf(format, args...)}
}

// Because returns the problem with its cause.
func (e *Error) Because(cause error) *Error {
	e.Cause = cause
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

// From returns the problem in an error's chain. Any other error becomes a 500 that reveals its cause only to the log.
func From(err error) *Error {
	if e, ok := errors.AsType[*Error](err); ok {
		return e
	}
	return New(http.StatusInternalServerError, "something went wrong here; the log has the cause under this trace id").Because(err)
}

// Is reports whether the error is a problem with that status.
func Is(err error, status int) bool {
	e, ok := errors.AsType[*Error](err)
	return ok && e.Status == status
}

// IsNotFound reports whether the error is that of [NotFound].
func IsNotFound(err error) bool { return Is(err, http.StatusNotFound) }

// IsRefusal reports whether the error means that the request was refused (4xx) rather than that something failed (5xx).
func IsRefusal(err error) bool { return From(err).Status < http.StatusInternalServerError }
