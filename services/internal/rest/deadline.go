package rest

import (
	"context"
	"net/http"
	"strconv"
	"time"
)

// requestTimeout bounds every request, so that no caller can occupy a service for longer.
const requestTimeout = 30 * time.Second

// timeoutHeader carries how many milliseconds a calling service waits, so that the callee stops when the caller gives up, even
// if a proxy between the two hides that the caller has hung up. It is not the x-envoy-expected-rq-timeout-ms that Envoy adds
// to each request, because with that all requests through an ingress would pass for calls between the services.
const timeoutHeader = "X-Call-Timeout-Ms"

// grace is added to the time that a callee is given, so that the caller gives up first. Usually the callee notices
// that earlier, by the end of the connection.
const grace = 50 * time.Millisecond

// sendTimeout propagates the deadline of a call to the callee.
func sendTimeout(r *http.Request) {
	if deadline, ok := r.Context().Deadline(); ok {
		r.Header.Set(timeoutHeader, strconv.FormatInt((time.Until(deadline)+grace).Milliseconds(), 10))
	}
}

// isInternal reports whether a request comes from another service.
func isInternal(r *http.Request) bool { return r.Header.Get(timeoutHeader) != "" }

// callerTimeout returns how long the caller of a request waits; requestTimeout if the request does not say.
func callerTimeout(r *http.Request) time.Duration {
	ms, err := strconv.ParseInt(r.Header.Get(timeoutHeader), 10, 64)
	if err != nil || ms <= 0 || ms > requestTimeout.Milliseconds() {
		return requestTimeout
	}
	return time.Duration(ms) * time.Millisecond
}

// bound ends a request's context after requestTimeout, or when its caller stops waiting.
func bound(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		ctx, cancel := context.WithTimeout(r.Context(), requestTimeout)
		defer cancel()
		if wait := callerTimeout(r); wait < requestTimeout {
			defer time.AfterFunc(wait, cancel).Stop()
		}
		next.ServeHTTP(w, r.WithContext(ctx))
	})
}

// Finish returns a context for what a request must do even if its caller has left or its time is over, such as to undo what it
// has begun. It ends when an exit no longer waits for the request.
func Finish(ctx context.Context) (context.Context, context.CancelFunc) {
	deadline, ok := ctx.Deadline()
	if !ok {
		deadline = time.Now().Add(requestTimeout)
	}
	return context.WithDeadline(context.WithoutCancel(ctx), deadline.Add(callTimeout))
}
