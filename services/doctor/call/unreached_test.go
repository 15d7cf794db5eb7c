package call

import (
	"testing"

	"spanwise/doctor/trace"
)

// What the clients of many languages report when there is no connection is told from what a callee answers.
func TestBarriers(t *testing.T) {
	for text, want := range map[string]*Barrier{
		"dial tcp: lookup basket on 10.96.0.10:53: no such host":                                  unresolved,
		"getaddrinfo ENOTFOUND basket":                                                            unresolved,
		"getaddrinfo EAI_AGAIN basket":                                                            unresolved,
		"14 UNAVAILABLE: Name resolution failed for target dns:basket:7000":                       unresolved,
		"java.net.UnknownHostException: basket":                                                   unresolved,
		"[Errno -2] Name or service not known":                                                    unresolved,
		"name_resolution_error":                                                                   unresolved,
		"secure_connection_error":                                                                 untrusted,
		"dial tcp 10.0.0.7:5432: connect: connection refused":                                     refused,
		"connect ECONNREFUSED 127.0.0.1:6379":                                                     refused,
		"No connection could be made because the target machine actively refused it. (basket:80)": refused,
		"connect EHOSTUNREACH 10.0.0.7:80":                                                        noRoute,
		"dial tcp 10.0.0.7:80: connect: no route to host":                                         noRoute,
		"tls: failed to verify certificate: x509: certificate signed by unknown authority":        untrusted,
		"self-signed certificate in certificate chain":                                            untrusted,
		"net/http: TLS handshake timeout":                                                         untrusted,
		"dial tcp 10.0.0.7:80: i/o timeout":                                                       tooLate,
		"Connect Timeout Error (attempted address: basket:80, timeout: 10000ms)":                  tooLate,
		"connect timed out":                                                                       tooLate,
		"server selection timeout, current topology: { Type: Unknown }":                           tooLate,
		"failed to connect to all addresses; last error: UNKNOWN":                                 noConnection,
		"Can't connect to MySQL server on 'db' (113)":                                             noConnection,
		"context deadline exceeded":                                                               nil,
		"read tcp 10.0.0.2:51422->10.0.0.7:80: i/o timeout":                                       nil,
		"socket hang up":                   nil,
		"unexpected EOF":                   nil,
		"gift certificate 7 has been used": nil,
		"Connection is not available, request timed out after 30000ms": nil,
	} {
		s := &trace.Span{ID: "b", ParentID: "a", Kind: trace.Client, Error: true, Attrs: trace.AttrsOf(map[string]string{"otel.status_description": text})}
		trace.New("t", []*trace.Span{{ID: "a", Duration: 10}, s})
		if got := Unreached(s); got != want {
			t.Errorf("%q: %v, want %v", text, got, want)
		}
	}
}

// A callee that answered was reached, whatever it says about others.
func TestReached(t *testing.T) {
	for name, attrs := range map[string]map[string]string{
		"HTTP": {"http.response.status_code": "502", "otel.status_description": "connection refused"},
		"gRPC": {"rpc.grpc.status_code": "13", "grpc.error_message": "connection refused"},
	} {
		s := &trace.Span{ID: "b", ParentID: "a", Kind: trace.Client, Error: true, Attrs: trace.AttrsOf(attrs)}
		trace.New("t", []*trace.Span{{ID: "a", Duration: 10}, s})
		if b := Unreached(s); b != nil {
			t.Errorf("%s: %v", name, b.Why)
		}
	}
}

// A message is in words, and has the class of the exception if it is only a name.
func TestMessage(t *testing.T) {
	for _, c := range []struct {
		attrs map[string]string
		event map[string]string
		want  string
	}{
		{map[string]string{"error.type": "*errors.errorString", "otel.status_description": "EOF"}, nil, "EOF"},
		{map[string]string{"error.type": "23"}, map[string]string{"exception.type": "23", "exception.message": "The operation was aborted due to timeout"},
			"The operation was aborted due to timeout"},
		{map[string]string{"error.type": "java.net.UnknownHostException", "error.message": "basket"}, nil, "UnknownHostException: basket"},
		{nil, map[string]string{"exception.type": "KeyError", "exception.message": "'sku'"}, "KeyError: 'sku'"},
		{map[string]string{"otel.status_description": "Error"}, map[string]string{"exception.message": "no space left\nat write (fs.js:7)"}, "no space left"},
		{map[string]string{"error.type": "500"}, nil, ""},
	} {
		s := &trace.Span{Attrs: trace.AttrsOf(c.attrs), Events: []trace.Event{{Name: "exception", Attrs: trace.AttrsOf(c.event)}}}
		if got := Message(s); got != c.want {
			t.Errorf("%v %v: %q, want %q", c.attrs, c.event, got, c.want)
		}
	}
}

// Of a proxy's flags, the one that says that there was no connection counts; Istio's clusters are named as people name them.
func TestProxyFlag(t *testing.T) {
	for _, c := range []struct{ flags, cluster, want string }{
		{"UF", "inbound|8080||", "it could not connect to the application behind it at port 8080"},
		{"URX,UF", "outbound|80||cart.shop.svc.cluster.local", "it could not connect to cart.shop.svc.cluster.local:80"},
		{"URX", "cart", "all its attempts at cart failed"},
		{"UT", "", "its upstream did not respond in time"},
		{"DR", "cart", "its client reset the request"},
		{"DC", "cart", "its client went away"},
		{"-", "cart", ""}, {"", "", ""}, {"ZZ", "", ""},
	} {
		s := &trace.Span{Attrs: trace.AttrsOf(map[string]string{"response_flags": c.flags, "upstream_cluster": c.cluster})}
		got := ""
		if f := ProxyFlag(s); f != nil {
			got = f.Describe(s)
		}
		if got != c.want {
			t.Errorf("%s to %s: %q, want %q", c.flags, c.cluster, got, c.want)
		}
	}
}
