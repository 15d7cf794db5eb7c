package call

import (
	"slices"
	"strings"

	"spanwise/doctor/trace"
)

// A Flag is a proxy's own diagnosis of a request.
type Flag struct {
	Name      string // such as UF
	Meaning   string // with the proxy as the subject; %s stands for the upstream
	Unreached bool   // there was no connection to the upstream
}

// responseFlags are the response flags of Envoy that explain a failure, from %RESPONSE_FLAGS% in its documentation (Substitution Formatter);
// accesslog.proto of go-control-plane 1.40 has the same, except UDO. Istio's proxies, Consul's and Contour's are Envoys too.
var responseFlags = []Flag{
	{"UF", "it could not connect to %s", true},
	{"UH", "it knew no healthy host of %s", true},
	{"NC", "it had no cluster for %s", true},
	{"NR", "it had no route to %s", true},
	{"DF", "it could not resolve the name of %s", true},
	{"UO", "its circuit breaker was open, because %s had too many connections or requests", false},
	{"URX", "all its attempts at %s failed", false},
	{"UT", "%s did not respond in time", false},
	{"UC", "%s closed the connection", false},
	{"UR", "%s reset the request", false},
	{"UPE", "%s violated the protocol", false},
	{"LR", "it reset the connection itself", false},
	{"LH", "its own service failed the health check", false},
	{"DC", "its client went away", false},
	{"DR", "its client reset the request", false},
	{"DPE", "its client violated the protocol", false},
	{"IH", "its client sent an invalid value in one of Envoy's headers", false},
	{"NFCF", "the configuration of a filter did not arrive in time", false},
	{"SI", "the stream was idle for too long", false},
	{"DT", "the request took longer than a connection may last", false},
	{"UMSDR", "the stream reached its longest duration", false},
	{"RL", "its rate limit rejected the request", false},
	{"RLSE", "the rate limit service failed", false},
	{"UAEX", "the external authorization denied the request", false},
	{"FI", "it was told to inject this failure", false},
	{"OM", "it was overloaded", false},
	{"DO", "it was told to drop some of the requests", false},
	{"UDO", "it was told to drop all requests", false},
}

// ProxyFlag returns the proxy's own diagnosis of the request in s; nil if there is none. Of several, the first counts that says that there
// was no connection.
func ProxyFlag(s *trace.Span) (flag *Flag) {
	flags := s.Get(trace.ProxyFlags)
	if flags == "" || flags == "-" {
		return nil
	}
	for name := range strings.SplitSeq(flags, ",") {
		i := slices.IndexFunc(responseFlags, func(f Flag) bool { return f.Name == strings.TrimSpace(name) })
		if i >= 0 && (flag == nil || responseFlags[i].Unreached && !flag.Unreached) {
			flag = &responseFlags[i]
		}
	}
	return flag
}

// Upstream names what a proxy passes a request on to. Istio names its clusters direction|port|subset|host; those that are inbound are the
// service that the proxy runs alongside.
func Upstream(s *trace.Span) string {
	cluster := s.Get(trace.ProxyUpstream)
	parts := strings.Split(cluster, "|")
	switch {
	case cluster == "" || cluster == "-":
		return "its upstream"
	case len(parts) == 4 && parts[0] == "inbound":
		return "the application behind it at port " + parts[1]
	case len(parts) == 4 && parts[3] != "":
		return parts[3] + ":" + parts[1]
	}
	return cluster
}

// Describe says what the flag means for the request in s, with the proxy as the subject.
func (f *Flag) Describe(s *trace.Span) string {
	return strings.Replace(f.Meaning, "%s", Upstream(s), 1)
}

// Blames reports whether the flag is about the upstream, and not about the proxy or its client.
func (f *Flag) Blames() bool { return strings.Contains(f.Meaning, "%s") }
