package trace_test

import (
	"maps"
	"testing"

	"github.com/google/go-cmp/cmp"

	"spanwise/doctor/trace"
	"spanwise/doctor/trace/tracetest"
)

// callees returns the callees of a trace's calls by the names of the calls.
func callees(t *trace.Trace) map[string]string {
	all := map[string]string{}
	for _, s := range t.Spans {
		if s.Calling() {
			all[s.Name] = s.Callee()
		}
	}
	return all
}

// If one trace shows who answers where, unanswered calls of other traces get that callee. An address at which several services
// answer, and a loopback address of another caller, keep their names.
func TestResolveCallees(t *testing.T) {
	traces, err := tracetest.Parse(`
trace one
desk: GET /loans [server 0 90]
  desk: ask-shelf [client 1 5 url.full=http://10.0.0.7:8082/shelf]
    shelf: GET /shelf [server 2 3]
  desk: ask-post [client 10 5 server.address=127.0.0.1 server.port=9000]
    post: GET /letter [server 11 3]
  desk: ask-gate [client 20 5 url.full=http://10.0.0.9/a]
    shelf: GET /a [server 21 3]
  desk: ask-other-gate [client 30 5 url.full=http://10.0.0.9/b]
    post: GET /b [server 31 3]
trace two
desk: GET /loans [server 0 90]
  desk: shelf-by-number [client 1 5 net.peer.name=10.0.0.7 net.peer.port=8082]
  desk: own-machine [client 10 5 url.full=http://127.0.0.1:9000/x]
  desk: gate [client 20 5 url.full=http://10.0.0.9/c]
  desk: one-port [client 30 5 url.full=http://user:pw@archive:8443/x]
  desk: two-ports [client 40 5 url.full=http://cellar:1/x]
  desk: two-ports-more [client 50 5 url.full=http://cellar:2/x]
  desk: v6 [client 60 5 url.full=http://[::1]:99/x]
  desk: said-so [client 70 5 peer.service=press server.address=10.1.1.1]
  desk: store [client 80 5 db.namespace=loans]
trace three
till: GET /pay [server 0 90]
  till: other-machine [client 1 5 server.address=127.0.0.1 server.port=9000]
`)
	if err != nil {
		t.Fatal(err)
	}
	trace.ResolveCallees(traces[1])
	alone := callees(traces[1])
	if alone["shelf-by-number"] != "10.0.0.7:8082" || alone["own-machine"] != "127.0.0.1:9000" {
		t.Errorf("resolved alone, callees are %v, want addresses", alone)
	}
	trace.ResolveCallees(traces...)
	got := callees(traces[1])
	maps.Copy(got, callees(traces[2]))
	want := map[string]string{
		"shelf-by-number": "shelf", "own-machine": "post", "gate": "10.0.0.9", "one-port": "archive",
		"two-ports": "cellar:1", "two-ports-more": "cellar:2", "v6": "[::1]:99", "said-so": "press", "store": "loans",
		"other-machine": "127.0.0.1:9000",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("callees (-want +got):\n%s", diff)
	}
	trace.ResolveCallees(traces[1])
	if diff := cmp.Diff(alone, callees(traces[1])); diff != "" {
		t.Errorf("resolved alone again (-before +after):\n%s", diff)
	}
}
