package rest

import (
	"context"
	"io"
	"net/http"
	"strconv"
	"strings"
	"time"

	"golang.org/x/time/rate"

	"spanwise/internal/fault"
)

// maxAttempts is how often a call is made at most, if the request asks for retries.
const maxAttempts = 3

// firstPause is the time before the second attempt; it doubles with each attempt.
const firstPause = 10 * time.Millisecond

// budget is how many retries per second a client makes for all requests that back off: when everything fails, the
// load grows by no more than that. It is refilled by time, so that it does not depend on what happened before the
// last second.
const budget = 10

// failedBehind is the header of an error answer that names the service behind the answering one that failed.
const failedBehind = "Failed-Behind"

// A retrier retries failed calls if the request asks for it. By default it does not: the failure is reported at once, and
// the caller knows best whether trying again makes sense. All calls between the services are idempotent.
//
//   - storm: at once, whatever other layers do. Layers multiply.
//   - backoff: with exponential backoff and a budget, in the layer next to the failure only.
type retrier struct {
	http.RoundTripper // makes a span for each attempt
	budget            *rate.Limiter
}

func newRetrier(attempt http.RoundTripper) *retrier {
	return &retrier{attempt, rate.NewLimiter(budget, budget)}
}

func (t *retrier) RoundTrip(r *http.Request) (*http.Response, error) {
	resp, err := t.attempt(r, 0)
	way := fault.Retries.Of(r.Context())
	for n := 1; n < maxAttempts && failed(resp, err) && t.retries(way, resp); n++ {
		if err == nil {
			io.Copy(io.Discard, resp.Body) // the span ends with the body
			resp.Body.Close()
		}
		if err := pause(r.Context(), way, n); err != nil {
			return nil, err
		}
		resp, err = t.attempt(r, n)
	}
	return resp, err
}

// attempt makes the nth attempt, counted from 0.
func (t *retrier) attempt(r *http.Request, n int) (*http.Response, error) {
	if n > 0 {
		r = r.Clone(context.WithValue(r.Context(), resendKey{}, n))
		r.Header.Set(fault.AttemptHeader, strconv.Itoa(n+1))
		if r.GetBody != nil {
			r.Body, _ = r.GetBody() // cannot fail: the body is in memory
		}
	}
	return t.RoundTripper.RoundTrip(r)
}

// retries reports whether to retry a failed call.
func (t *retrier) retries(way string, resp *http.Response) bool {
	switch way {
	case "storm":
		return true
	case "backoff":
		return (resp == nil || resp.Header.Get(failedBehind) == "") && t.budget.Allow()
	}
	return false
}

// pause waits before the nth retry.
func pause(ctx context.Context, way string, n int) error {
	if way == "storm" {
		return ctx.Err()
	}
	select {
	case <-time.After(firstPause << (n - 1)):
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

func failed(resp *http.Response, err error) bool {
	return err != nil || resp.StatusCode >= http.StatusInternalServerError
}

// attemptsHeader is the header in which nginx lists the statuses of all instances that it asked: deploy/nginx.conf.
const attemptsHeader = "Upstream-Status"

// resent reports whether an answer is not that of the first attempt: of this client, or of nginx between it and the service.
func resent(resp *http.Response) bool {
	return resendCount(resp.Request.Context()) > 0 || strings.Contains(resp.Header.Get(attemptsHeader), ",")
}

type resendKey struct{}

// resendCount returns which retry a request is; 0 for the first attempt.
func resendCount(ctx context.Context) int {
	n, _ := ctx.Value(resendKey{}).(int)
	return n
}
