package trace

import "testing"

// The service that answers is named, however many proxies stand before it, and whatever they call themselves.
func TestAnswerer(t *testing.T) {
	chain := func(spans ...*Span) *Span {
		for i := 1; i < len(spans); i++ {
			spans[i].Parent, spans[i-1].Children = spans[i-1], append(spans[i-1].Children, spans[i])
		}
		return spans[0]
	}
	proxy := func(service, cluster string) *Span {
		return &Span{Service: service, Attrs: AttrsOf(map[string]string{"component": "proxy", "upstream_cluster": cluster})}
	}
	named := func(service string) *Span { return &Span{Service: service} }
	for name, c := range map[string]struct {
		span *Span
		want string
	}{
		"no proxy":                   {named("catalog"), "catalog"},
		"two of Envoy":               {chain(proxy("proxy", ""), proxy("proxy", ""), named("catalog")), "catalog"},
		"two of Istio":               {chain(proxy("web.default", ""), proxy("catalog.default", ""), named("catalog")), "catalog"},
		"by name":                    {chain(named("linkerd-proxy"), named("catalog")), "catalog"},
		"the service is silent":      {chain(proxy("web.default", ""), proxy("catalog.default", "")), "catalog.default"},
		"only the cluster says":      {proxy("proxy", "outbound|80||catalog.default.svc.cluster.local"), "catalog"},
		"a cluster of one's own":     {proxy("envoy", "catalog_v2"), "catalog_v2"},
		"only the URL says":          {&Span{Service: "proxy", Attrs: AttrsOf(map[string]string{"http.url": "http://catalog:3550/x"})}, "catalog"},
		"the cluster is an address":  {proxy("envoy", "10.0.0.7"), "envoy"},
		"a gateway for two services": {fan(proxy("edge", ""), named("catalog"), named("reviews")), "edge"},
	} {
		if got := c.span.Answerer(); got != c.want {
			t.Errorf("%s: got %q, want %q", name, got, c.want)
		}
	}
}

func fan(parent *Span, children ...*Span) *Span {
	parent.Children = children
	return parent
}
