package smoke

import (
	"fmt"
	"strings"
	"testing"

	"spanwise/doctor/trace"
)

// request builds the trace of an order read line by line, as the services make it.
func request(lines int) []*trace.Span {
	id := 0
	add := func(spans *[]*trace.Span, parent, service, name string, kind trace.Kind, start, duration int64, attrs map[string]string) string {
		id++
		s := &trace.Span{ID: fmt.Sprintf("%016x", id), ParentID: parent, Service: service, Name: name, Kind: kind,
			Start: start, Duration: duration, Attrs: attrs}
		*spans = append(*spans, s)
		return s.ID
	}
	sql := func(text string) map[string]string {
		return map[string]string{"db.system.name": "sqlite", "db.query.text": text}
	}
	get := func(route string) map[string]string {
		return map[string]string{"http.request.method": "GET", "http.route": route}
	}
	var spans []*trace.Span
	root := add(&spans, "", "order", "GET /orders/{id}", trace.Server, 0, int64(lines)*2000+1000, get("/orders/{id}"))
	read := add(&spans, root, "order", "fetch-order", trace.Internal, 10, 290, nil)
	add(&spans, read, "order", "SELECT orders", trace.Client, 10, 100, sql("SELECT id FROM orders"))
	add(&spans, read, "order", "SELECT order_lines", trace.Client, 200, 100, sql("SELECT sku FROM order_lines"))
	at := int64(500)
	for range lines {
		for _, c := range []struct{ step, service, route, table string }{
			{"check-inventory", "inventory", "/stock/{sku}", "stock"}, {"calculate-price", "pricing", "/prices/{sku}", "products"},
		} {
			step := add(&spans, root, "order", c.step, trace.Internal, at, 900, nil)
			client := add(&spans, step, "order", "GET "+c.route, trace.Client, at, 900, map[string]string{"http.request.method": "GET"})
			server := add(&spans, client, c.service, "GET "+c.route, trace.Server, at+100, 700, get(c.route))
			add(&spans, server, c.service, "SELECT "+c.table, trace.Client, at+200, 300, sql("SELECT sku FROM "+c.table))
			at += 1000
		}
	}
	return spans
}

// TestChecks requires every check to pass a good trace and to fail one that is broken in just that respect.
func TestChecks(t *testing.T) {
	const lines = 3
	checks := map[string]func(*trace.Trace) error{
		"exact":    func(tr *trace.Trace) error { return exact(tr, eachShape(lines)) },
		"whole":    whole,
		"routed":   routed,
		"counted":  func(tr *trace.Trace) error { return counted(tr, 2*lines, 2+2*lines) },
		"serial":   serial,
		"slowed":   func(tr *trace.Trace) error { return slowed(tr, "pricing", lines, 700_000) }, // 700 µs
		"unslowed": func(tr *trace.Trace) error { return unslowed(tr, "pricing", 701_000) },
	}
	tests := []struct {
		name   string
		mend   func(spans []*trace.Span) []*trace.Span
		breaks string // the checks that must fail, and no others
		says   string
	}{
		{"good", func(s []*trace.Span) []*trace.Span { return s }, "", ""},
		{"a connection was opened", func(s []*trace.Span) []*trace.Span {
			return append(s, &trace.Span{ID: "c", ParentID: s[0].ID, Service: "order", Name: "connect", Kind: trace.Client,
				Start: 5, Duration: 1, Attrs: map[string]string{"db.system.name": "sqlite"}})
		}, "", ""},
		{"a span is missing", func(s []*trace.Span) []*trace.Span { return s[:len(s)-1] }, "exact counted", "got 7 SQL queries, wanted 8"},
		{"a parent is missing", func(s []*trace.Span) []*trace.Span { return append(s[:5:5], s[6:]...) }, "exact whole counted", "got an orphan: inventory GET /stock/{sku}"},
		{"the root is missing", func(s []*trace.Span) []*trace.Span { return s[1:] }, "exact whole", "got 0 roots"},
		{"a query too many", func(s []*trace.Span) []*trace.Span {
			twin := *s[2]
			twin.ID, twin.Start = "twin", twin.Start+50
			return append(s, &twin)
		}, "exact counted", "2 order client SELECT orders"},
		{"a call at another parent", func(s []*trace.Span) []*trace.Span {
			s[6].ParentID = s[9].ID // inventory's server span under the call to pricing
			return s
		}, "exact", ""},
		{"another service answers", func(s []*trace.Span) []*trace.Span {
			s[7].Service = "pricing"
			return s
		}, "exact", "pricing client SELECT stock"},
		{"no route", func(s []*trace.Span) []*trace.Span {
			delete(s[10].Attrs, "http.route")
			return s
		}, "routed", `http.route ""`},
		{"named without the route", func(s []*trace.Span) []*trace.Span {
			s[0].Name = "GET"
			return s
		}, "exact routed", `got the name "GET"`},
		{"a query without its text", func(s []*trace.Span) []*trace.Span {
			delete(s[2].Attrs, "db.query.text")
			return s
		}, "counted", "got 7 SQL queries, wanted 8"},
		{"two calls overlap by a microsecond", func(s []*trace.Span) []*trace.Span {
			s[5].Duration = 1001
			return s
		}, "serial", "began 1 µs before call 1"},
		{"pricing is a microsecond too fast once", func(s []*trace.Span) []*trace.Span {
			s[10].Duration = 699
			return s
		}, "slowed", "took 699 µs"},
		{"inventory is slow as well", func(s []*trace.Span) []*trace.Span {
			s[6].Duration = 750
			return s
		}, "unslowed", "a span of inventory that took 750 µs"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			tr := trace.New("1", test.mend(request(lines)))
			var said strings.Builder
			for name, check := range checks {
				err := check(tr)
				if want := strings.Contains(" "+test.breaks+" ", " "+name+" "); want != (err != nil) {
					t.Errorf("%s: got %v, want an error: %v", name, err, want)
				}
				if err != nil {
					fmt.Fprintln(&said, err)
				}
			}
			if !strings.Contains(said.String(), test.says) {
				t.Errorf("got\n%s\nwant %q in it", &said, test.says)
			}
		})
	}
}

// TestDuring requires two traces to overlap in time.
func TestDuring(t *testing.T) {
	at := func(start, duration int64) *trace.Trace {
		return trace.New("1", []*trace.Span{{ID: "1", Start: start, Duration: duration}})
	}
	for _, test := range []struct {
		a, b *trace.Trace
		want bool
	}{
		{at(0, 10), at(5, 10), true},
		{at(5, 1), at(0, 10), true},
		{at(0, 10), at(10, 10), false},
		{at(20, 10), at(0, 10), false},
	} {
		if err := during(test.a, test.b); (err == nil) != test.want {
			t.Errorf("%d+%d and %d+%d: got %v, want them at the same time: %v",
				test.a.Spans[0].Start, test.a.Spans[0].Duration, test.b.Spans[0].Start, test.b.Spans[0].Duration, err, test.want)
		}
	}
}
