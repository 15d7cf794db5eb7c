package rest

import (
	"net/http"
	"strconv"
	"time"
)

// patienceHeader tells a callee for how many milliseconds its caller will wait, so that the work ends with it even where
// something between the two hides that the caller has hung up. The name is Envoy's:
// https://www.envoyproxy.io/docs/envoy/latest/configuration/http/http_filters/router_filter
const patienceHeader = "X-Envoy-Expected-Rq-Timeout-Ms"

// grace is what a callee is told more than its caller waits, so that it is the caller who decides that it has waited
// enough: usually the callee learns of that by the end of the connection, and before it.
const grace = 50 * time.Millisecond

// tellPatience hands the deadline of a call down.
func tellPatience(r *http.Request) {
	if deadline, ok := r.Context().Deadline(); ok {
		r.Header.Set(patienceHeader, strconv.FormatInt((time.Until(deadline)+grace).Milliseconds(), 10))
	}
}

// patienceOf is how long the caller of a request waits; requestTimeout if it does not say.
func patienceOf(r *http.Request) time.Duration {
	ms, err := strconv.ParseInt(r.Header.Get(patienceHeader), 10, 64)
	if err != nil || ms <= 0 || ms > requestTimeout.Milliseconds() {
		return requestTimeout
	}
	return time.Duration(ms) * time.Millisecond
}
