package smoke

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"spanwise/doctor/trace"
	"spanwise/lab/scenario"
)

const golden = `GET http://order/orders/3?fetch=batch {"a": 1}
503

0s+5ms order server GET /orders/{id} status_code=503 id=3 ERROR
  0s+1ms order client SELECT orders returned_rows=1
  2ms+3ms order client GET /prices status_code=200
    2ms+3ms pricing server GET /prices status_code=200 lines=3
      2ms+3ms pricing client SELECT products returned_rows=3
  2ms+2ms order client GET /stock status_code=200 ERROR
    2ms+2ms inventory server GET /stock
`

// A golden file gives the request, and its spans without what differs between two equal requests.
func TestParse(t *testing.T) {
	got, err := parse(golden)
	if err != nil {
		t.Fatal(err)
	}
	request := scenario.Request{Service: "order", Method: "GET", Path: "/orders/3?fetch=batch", Body: `{"a": 1}`, Status: 503}
	if diff := cmp.Diff(request, got.Request); diff != "" {
		t.Errorf("request (-want +got):\n%s", diff)
	}
	want := `order server GET /orders/{id}
  order client GET /prices
    pricing server GET /prices
      pricing client SELECT products
  order client GET /stock
    inventory server GET /stock
  order client SELECT orders
`
	if diff := cmp.Diff(want, got.tree); diff != "" || got.Spans() != 7 {
		t.Errorf("got %d spans, want 7 (-want +got):\n%s", got.Spans(), diff)
	}
	for _, broken := range []string{"", "GET http://order/orders/3 \n", "GET http://order/orders/3 \nok\n\n0s+1s a server b"} {
		if _, err := parse(broken); err == nil {
			t.Errorf("%q: got no error", broken)
		}
	}
}

// spans makes the trace of the golden file, with the calls in the other order.
func spans() []*trace.Span {
	make := func(id, parent, service, name string, kind trace.Kind, start trace.Micros) *trace.Span {
		return &trace.Span{ID: id, ParentID: parent, Service: service, Name: name, Kind: kind, Start: start, Duration: 10}
	}
	return []*trace.Span{
		make("1", "", "order", "GET /orders/{id}", trace.Server, 0),
		make("2", "1", "order", "SELECT orders", trace.Client, 1),
		make("3", "1", "order", "GET /stock", trace.Client, 2),
		make("4", "3", "inventory", "GET /stock", trace.Server, 3),
		make("5", "1", "order", "GET /prices", trace.Client, 4),
		make("6", "5", "pricing", "GET /prices", trace.Server, 5),
		make("7", "6", "pricing", "SELECT products", trace.Client, 6),
	}
}

// A trace matches only if it has every span at its parent, and no other.
func TestMatches(t *testing.T) {
	want, err := parse(golden)
	if err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct {
		name    string
		change  func([]*trace.Span) []*trace.Span
		matches bool
		tree    string // in the tree of a trace that does not match
	}{
		{"the same", func(s []*trace.Span) []*trace.Span { return s }, true, ""},
		{"a connection was opened", func(s []*trace.Span) []*trace.Span {
			return append(s, &trace.Span{ID: "c", ParentID: "1", Service: "order", Name: "connect", Kind: trace.Client,
				Attrs: trace.AttrsOf(map[string]string{"db.system.name": "sqlite"})})
		}, true, ""},
		{"a span is missing", func(s []*trace.Span) []*trace.Span { return s[:6] }, false, ""},
		{"a parent is missing", func(s []*trace.Span) []*trace.Span { return slices.Delete(s, 4, 5) }, false, "orphan\n  pricing server"},
		{"the root is missing", func(s []*trace.Span) []*trace.Span { return s[1:] }, false, "orphan\n  order client"},
		{"one query too many", func(s []*trace.Span) []*trace.Span {
			twin := *s[1]
			twin.ID = "twin"
			return append(s, &twin)
		}, false, "  order client SELECT orders\n  order client SELECT orders\n"},
		{"another parent", func(s []*trace.Span) []*trace.Span { s[3].ParentID = "5"; return s }, false, "GET /prices\n    inventory server"},
		{"another service", func(s []*trace.Span) []*trace.Span { s[3].Service = "pricing"; return s }, false, "pricing server GET /stock"},
		{"another name", func(s []*trace.Span) []*trace.Span { s[0].Name = "GET"; return s }, false, "order server GET\n"},
		{"another kind", func(s []*trace.Span) []*trace.Span { s[6].Kind = trace.Internal; return s }, false, "pricing internal SELECT"},
	} {
		tr := trace.New("1", tt.change(spans()))
		if got := want.Matches(tr); got != tt.matches || !strings.Contains(treeOf(tr), tt.tree) {
			t.Errorf("%s: got %v, want %v, and %q in\n%s", tt.name, got, tt.matches, tt.tree, treeOf(tr))
		}
	}
}

// A trace is complete with every span, wherever it is in the tree, and with no other.
func TestComplete(t *testing.T) {
	want, err := parse(golden)
	if err != nil {
		t.Fatal(err)
	}
	moved := spans()
	moved[3].ParentID = "1"
	for name, test := range map[string]struct {
		spans []*trace.Span
		want  bool
	}{
		"the same": {spans(), true}, "another parent": {moved, true}, "the root is missing": {spans()[1:], false}, "a span is missing": {spans()[:6], false},
		"another span": {append(spans(), &trace.Span{ID: "x", Service: "order", Name: "SELECT orders", Kind: trace.Client}), false},
	} {
		if got := want.Complete(trace.New("1", test.spans)); got != test.want {
			t.Errorf("%s: got %v, want %v", name, got, test.want)
		}
	}
}

// Every repair of a trace and every clock that disagrees is reported.
func TestIntact(t *testing.T) {
	if err := intact(trace.New("1", spans())); err != nil {
		t.Errorf("got %v, want no error", err)
	}
	twice := trace.New("1", append(spans(), spans()[1]))
	if err := intact(twice); err == nil || fmt.Sprint(twice.Notes) == "[]" {
		t.Errorf("a span id given twice: got %v, want the notes %q", err, twice.Notes)
	}
	skewed := trace.New("1", spans())
	skewed.Skews = []trace.Skew{{Service: "pricing", Offset: 2_000_000}}
	if err := intact(skewed); err == nil || !strings.Contains(err.Error(), "pricing") {
		t.Errorf("a clock ahead: got %v, want an error about pricing", err)
	}
}
