package call

import (
	"slices"
	"strings"

	"spanwise/doctor/trace"
)

// A Flag is a proxy's own diagnosis of a request.
type Flag struct {
	Name    string // such as UF
	Meaning string // with the proxy as the subject; %s stands for the upstream
	reach   reach
	step    string // what to do, if that does not follow from the rest; %p stands for the proxy's service
}

// Reach is how far a request went.
type reach uint8

const (
	wasAsked     reach = iota // perhaps; the upstream may have worked on it
	notAsked                  // the proxy answered itself
	notConnected              // there was no connection to the upstream
)

// responseFlags are the response flags of Envoy that explain a failure, from %RESPONSE_FLAGS% in its documentation (Substitution Formatter);
// accesslog.proto of go-control-plane 1.40 has the same, except UDO. Istio's proxies, Consul's and Contour's are Envoys too.
var responseFlags = []Flag{
	{"UF", "it could not connect to %s", notConnected, ""},
	{"UH", "it knew no healthy host of %s", notConnected, ""},
	{"NC", "it had no cluster for %s", notConnected, ""},
	{"NR", "it had no route to %s", notConnected, ""},
	{"DF", "it could not resolve the name of %s", notConnected, ""},
	{"UO", "its circuit breaker was open, because %s had too many connections or requests", notAsked, "find out why requests pile up at %s, or raise the limits of the circuit breaker"},
	{"URX", "all its attempts at %s failed", wasAsked, ""},
	{"UT", "%s did not respond in time", wasAsked, ""},
	{"UC", "%s closed the connection", wasAsked, ""},
	{"UR", "%s reset the request", wasAsked, ""},
	{"UPE", "%s violated the protocol", wasAsked, ""},
	{"LR", "it reset the connection itself", wasAsked, ""},
	{"LH", "its own service failed the health check", notAsked, ""},
	{"DC", "its client went away", wasAsked, "look at the client of %p: why it went away, and how long it waits"},
	{"DR", "its client reset the request", wasAsked, "look at the client of %p: why it reset the request, and how long it waits"},
	{"DPE", "its client violated the protocol", notAsked, "look at the client of %p first"},
	{"IH", "its client sent an invalid value in one of Envoy's headers", notAsked, "look at the client of %p first"},
	{"NFCF", "the configuration of a filter did not arrive in time", notAsked, ""},
	{"SI", "the stream was idle for too long", wasAsked, ""},
	{"DT", "the request took longer than a connection may last", wasAsked, ""},
	{"UMSDR", "the stream reached its longest duration", wasAsked, ""},
	{"RL", "its rate limit rejected the request", notAsked, "send fewer requests to %s, or raise the rate limit of %p"},
	{"RLSE", "the rate limit service failed", notAsked, "look at the rate limit service of %p first"},
	{"UAEX", "the external authorization denied the request", notAsked, "look at the external authorization of %p first"},
	{"FI", "it was told to inject this failure", notAsked, "remove the fault from the configuration of %p, unless this is a test"},
	{"OM", "it was overloaded", notAsked, "give %p more memory, or send it fewer requests"},
	{"DO", "it was told to drop some of the requests", notAsked, "look at the drop policy for %s that %p was given"},
	{"UDO", "it was told to drop all requests", notAsked, "look at the drop policy for %s that %p was given"},
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
		if i >= 0 && (flag == nil || responseFlags[i].reach == notConnected && flag.reach != notConnected) {
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

// Step proposes what to do about the failure of the request in s.
func (f *Flag) Step(s *trace.Span) string {
	upstream := Upstream(s)
	switch {
	case f.step != "":
		return strings.NewReplacer("%s", upstream, "%p", s.Service).Replace(f.step)
	case f.reach == notConnected:
		return "check that " + upstream + " runs and listens: the request did not reach it"
	case strings.Contains(f.Meaning, "%s"):
		return "look at " + upstream + " first"
	}
	return "look at the proxy of " + s.Service + " and its settings first"
}

// Unasked reports whether a proxy answered the call s itself, so that its upstream did not work on it.
func Unasked(s *trace.Span) bool {
	f := ProxyFlag(s)
	if f == nil && s.RemoteChild() != nil {
		f = ProxyFlag(s.RemoteChild())
	}
	return f != nil && f.reach == notAsked
}
