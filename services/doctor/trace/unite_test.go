package trace_test

import (
	"testing"

	"spanwise/doctor/trace"
	"spanwise/doctor/trace/tracetest"
)

// Traces are joined only if one is a piece of the other, and no links or ids can keep a trace from being read.
func TestUnite(t *testing.T) {
	for name, test := range map[string]struct {
		sketch        string
		traces, spans int // how many are left, and how many spans the first one has
	}{
		"a chain of links": {`
trace 1
a: GET [server 0 100ms id=a1]
trace 2
b: GET [server 1ms 98ms id=b1 link=1/a1]
trace 3
c: GET [server 2ms 96ms id=c1 link=2/b1]`, 1, 3},
		"links in a circle": {`
trace 1
a: GET [server 0 100ms id=a1 link=2/b1]
trace 2
b: GET [server 0 100ms id=b1 link=1/a1]`, 1, 2},
		"a circle in one trace": {`
trace 1
a: GET [server 0 100ms id=a1 link=1/b1]
b: GET [server 0 100ms id=b1 link=1/a1]`, 1, 2},
		"a link to itself": {`
trace 1
a: GET [server 0 100ms id=a1 link=1/a1]`, 1, 1},
		"work that ends later": {`
trace 1
a: GET [server 0 100ms id=a1]
trace 2
b: job [internal 1ms 120ms id=b1 link=1/a1]`, 2, 1},
		"work alongside calls": {`
trace 1
a: GET [server 0 100ms id=a1]
  a: SELECT [client 1ms 98ms id=a2]
trace 2
b: job [internal 1ms 90ms id=b1 link=1/a1]`, 2, 2},
		"the same ids in both": {`
trace 1
a: GET [server 0 100ms id=a1]
trace 2
b: GET [server 1ms 98ms id=a1 link=1/a1]`, 2, 1},
		"a cut id": {`
trace 7ca373f7c7e0f17df9965485593768ce
a: GET [server 0 100ms id=a1]
trace 0000000000000000f9965485593768ce
b: GET [server 1ms 98ms id=b1 parent=lost]`, 1, 2},
		"another id": {`
trace 7ca373f7c7e0f17df9965485593768ce
a: GET [server 0 100ms id=a1]
trace 0000000000000000f9965485593768cf
b: GET [server 1ms 98ms id=b1 parent=a1]`, 2, 1},
	} {
		traces, err := tracetest.Parse(test.sketch) // unites, as readers do
		if err != nil {
			t.Fatal(err)
		}
		if got := trace.Unite(traces); len(got) != test.traces || len(got[0].Spans) != test.spans {
			t.Errorf("%s: got %d traces, the first with %d spans, want %d and %d", name, len(got), len(got[0].Spans), test.traces, test.spans)
		}
	}
}
