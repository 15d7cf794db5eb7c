package call

import (
	"slices"
	"strings"

	"spanwise/doctor/trace"
)

// A Flag is a proxy's own diagnosis of a request.
type Flag struct {
	Name      string // such as UF
	Meaning   string // with the proxy as the subject
	unreached bool   // there was no connection to the upstream
}

// responseFlags are the response flags of Envoy that explain a failure, from "Response flags" in the documentation of its access log, v1.36.
// Istio's proxies, Consul's and Contour's are Envoys too.
var responseFlags = []Flag{
	{"UF", "it could not connect to its upstream", true},
	{"UH", "it knew no healthy host of its upstream", true},
	{"NC", "it had no cluster for the upstream", true},
	{"NR", "it had no route for the request", true},
	{"DF", "it could not resolve the name of its upstream", true},
	{"UO", "its circuit breaker was open: the upstream had too many connections or requests", false},
	{"URX", "all its attempts at the upstream failed", false},
	{"UT", "its upstream did not respond in time", false},
	{"UC", "its upstream closed the connection", false},
	{"UR", "its upstream reset the request", false},
	{"UPE", "its upstream violated the protocol", false},
	{"LR", "it reset the connection itself", false},
	{"LH", "its own service failed the health check", false},
	{"DC", "its client went away", false},
	{"DPE", "its client violated the protocol", false},
	{"SI", "the stream was idle for too long", false},
	{"DT", "the request took longer than a connection may last", false},
	{"UMSDR", "the stream reached its longest duration", false},
	{"RL", "its rate limit rejected the request", false},
	{"RLSE", "the rate limit service failed", false},
	{"UAEX", "the external authorization denied the request", false},
	{"FI", "it was told to inject this failure", false},
	{"OM", "it was overloaded", false},
	{"DO", "it was told to drop some of the requests", false},
}

// ProxyFlag returns the proxy's own diagnosis of the request in s; nil if there is none. Of several, the first counts that says that there
// was no connection.
func ProxyFlag(s *trace.Span) (flag *Flag) {
	for name := range strings.SplitSeq(s.Get(trace.ResponseFlags), ",") {
		i := slices.IndexFunc(responseFlags, func(f Flag) bool { return f.Name == strings.TrimSpace(name) })
		if i >= 0 && (flag == nil || responseFlags[i].unreached && !flag.unreached) {
			flag = &responseFlags[i]
		}
	}
	return flag
}
