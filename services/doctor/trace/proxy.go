package trace

import (
	"cmp"
	"strings"
)

// The proxies of service meshes, which pass requests on and have spans of their own.

// sidecars are the services by whose names the proxies of service meshes report, if not by those of the services that they stand for.
// Those of the second line are names that people give; no mesh is known to set them.
var sidecars = map[string]bool{
	"unknown_service:envoy": true, "istio-proxy": true, "linkerd-proxy": true, // Envoy 1.40, Istio 1, Linkerd 2
	"envoy": true, "envoy-proxy": true, "linkerd": true, "proxy": true, "sidecar": true, "sidecar-proxy": true,
}

// isProxy reports whether s is the span of a proxy of a service mesh. Envoy, and thus Istio, marks its spans component=proxy.
func (s *Span) isProxy() bool {
	return s.Get(Component) == "proxy" || s.Get(ProxyUpstream) != "" || sidecars[s.Service]
}

// Answerer names the service that answers a request that arrives at s. The proxies of a service mesh pass requests on, usually by way of
// two of them: the answer comes from behind. If that left no span, the proxy's service names it or, if that is only the name of a proxy, its
// cluster or the host that it calls.
func (s *Span) Answerer() string {
	const most = 8 // proxies
	behind := ""
	for range most {
		if !s.isProxy() {
			return s.Service
		}
		behind = cmp.Or(behind, s.behindProxy())
		next := s.passesOn()
		if next == nil {
			break
		}
		s = next
	}
	if sidecars[s.Service] {
		return cmp.Or(behind, s.Service)
	}
	return s.Service
}

// Behind is the span that answers a request that arrives at s: s itself or, if that is a proxy's, the one behind it and further proxies.
func (s *Span) Behind() *Span {
	const most = 8 // proxies
	for range most {
		next := s.passesOn()
		if !s.isProxy() || next == nil {
			break
		}
		s = next
	}
	return s
}

// Asker is the span that sent the request that arrives at s: the one before the proxies that passed it on. It is the parent if s is a proxy
// itself, which answers for what is between the two. S must have a parent.
func (s *Span) Asker() *Span {
	const most = 8 // proxies
	p := s.Parent
	for range most {
		if s.isProxy() || p.Parent == nil || !p.isProxy() {
			break
		}
		p = p.Parent
	}
	return p
}

// Principal is the span on whose behalf s acts. It is s itself, unless the service of s is only the name of a proxy: then it is the one
// before the proxies.
func (s *Span) Principal() *Span {
	const most = 8 // proxies
	for range most {
		if !sidecars[s.Service] || s.Parent == nil {
			break
		}
		s = s.Parent
	}
	return s
}

// passesOn returns the first span of what s passes its request on to, and nil if that is not one service.
func (s *Span) passesOn() *Span {
	for _, c := range s.Children {
		if c.Service != s.Children[0].Service {
			return nil
		}
	}
	if len(s.Children) == 0 {
		return nil
	}
	return s.Children[0]
}

// behindProxy names the service to which a proxy passes its request on by what the proxy's span says; "" if it says nothing.
func (s *Span) behindProxy() string {
	if name := clusterService(s.Get(ProxyUpstream)); name != "" {
		return name
	}
	if host := s.PeerHost(); kindOf(host) == named {
		return host
	}
	return ""
}

// clusterService is the service that a cluster of Envoy names. Istio's are called outbound|80||catalog.default.svc.cluster.local; an
// inbound one names no service.
func clusterService(cluster string) string {
	host := cluster[strings.LastIndexByte(cluster, '|')+1:]
	if kindOf(host) != named {
		return ""
	}
	if host != cluster {
		host, _, _ = strings.Cut(host, ".")
	}
	return host
}
