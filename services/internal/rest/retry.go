package rest

import (
	"context"
	"io"
	"net/http"
	"strconv"
	"time"

	"golang.org/x/time/rate"

	"spanwise/internal/fault"
)

// attempts is how often a call is made at most, by requests that want failed ones made again.
const attempts = 3

// firstPause is the time before the second attempt; it doubles with each.
const firstPause = 10 * time.Millisecond

// budget is how many retries a second a client of a service makes for all requests that back off. When everything
// fails there are as many more calls and no more, however many ask. It is refilled by time, so that what is
// granted does not depend on what happened before the last second.
const budget = 10

// failedBehind is the header of an answer that names the service behind the answering one that failed it.
const failedBehind = "Failed-Behind"

// A retrier makes failed calls again if the request wants it, which by default it does not: a failure is then told
// at once, and whoever asked knows best whether asking again makes sense. All calls of ours may be made twice.
//
//   - storm: at once, whoever else does the same. Layers multiply.
//   - backoff: with growing pauses, by the layer next to the failure alone, within a budget.
type retrier struct {
	http.RoundTripper // makes each attempt a span of its own
	budget            *rate.Limiter
}

func newRetrier(attempts http.RoundTripper) *retrier {
	return &retrier{attempts, rate.NewLimiter(budget, budget)}
}

func (t *retrier) RoundTrip(r *http.Request) (*http.Response, error) {
	resp, err := t.attempt(r, 0)
	way := fault.Retries.Of(r.Context())
	for n := 1; n < attempts && failed(resp, err) && t.again(way, resp); n++ {
		if err == nil {
			io.Copy(io.Discard, resp.Body) // its span ends with its body
			resp.Body.Close()
		}
		if err := pause(r.Context(), way, n); err != nil {
			return nil, err
		}
		resp, err = t.attempt(r, n)
	}
	return resp, err
}

// attempt makes the call for the nth time, counted from 0.
func (t *retrier) attempt(r *http.Request, n int) (*http.Response, error) {
	if n > 0 {
		r = r.Clone(context.WithValue(r.Context(), resendKey{}, n))
		r.Header.Set(fault.AttemptHeader, strconv.Itoa(n+1))
		if r.GetBody != nil {
			r.Body, _ = r.GetBody() // of bytes in memory: it cannot fail
		}
	}
	return t.RoundTripper.RoundTrip(r)
}

// again reports whether a call that failed is to be made again.
func (t *retrier) again(way string, resp *http.Response) bool {
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

type resendKey struct{}

// resend is which retry a request is; 0 for a first attempt.
func resend(ctx context.Context) int {
	n, _ := ctx.Value(resendKey{}).(int)
	return n
}
