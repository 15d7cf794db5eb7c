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

// tellPatience hands the deadline of a call down. It is rounded up: who is told too little gives up on somebody who waits.
func tellPatience(r *http.Request) {
	if deadline, ok := r.Context().Deadline(); ok {
		r.Header.Set(patienceHeader, strconv.FormatInt(time.Until(deadline).Milliseconds()+1, 10))
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
