package trace_test

import (
	"fmt"
	"math"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"spanwise/doctor/trace"
	"spanwise/doctor/trace/tracetest"
)

// drawing shows the trees that New built: the ids of spans, and below each those of its children.
func drawing(t *trace.Trace) string {
	var b strings.Builder
	var draw func(list []*trace.Span, depth int)
	draw = func(list []*trace.Span, depth int) {
		for _, s := range list {
			fmt.Fprintf(&b, "%s%s %d+%d\n", strings.Repeat(" ", depth), s.ID, s.Start, s.Duration)
			draw(s.Children, depth+1)
		}
	}
	draw(t.Roots, 0)
	if len(t.Orphans) > 0 {
		b.WriteString("orphans\n")
		draw(t.Orphans, 1)
	}
	return b.String()
}

// New repairs whatever cannot be true, and counts the repairs.
func TestRepair(t *testing.T) {
	for _, c := range []struct {
		name  string
		spans []*trace.Span
		want  string
		note  string
	}{
		{"its own parent", []*trace.Span{{ID: "a", ParentID: "a", Duration: 5}}, "a 0+5\n", "1 span had the same span id and parent id"},
		{"a loop", []*trace.Span{{ID: "b", ParentID: "a", Start: 1}, {ID: "a", ParentID: "c"}, {ID: "c", ParentID: "b", Start: 2}, {ID: "d", ParentID: "c", Start: 3}},
			"a 0+0\n b 1+0\n  c 2+0\n   d 3+0\n", "1 span closed a cycle"},
		{"exported twice", []*trace.Span{{ID: "a", Duration: 5}, {ID: "a", Duration: 5}}, "a 0+5\n", "1 span duplicated another span"},
		{"two under one id", []*trace.Span{{ID: "a", Duration: 5}, {ID: "a", Start: 1, Duration: 7}, {ID: "b", ParentID: "a", Start: 2}},
			"a 0+5\n b 2+0\na#1 1+7\n", "1 span had no id or the id of another"},
		{"no id", []*trace.Span{{Duration: 5}}, "#1 0+5\n", "1 span had no id"},
		{"negative duration", []*trace.Span{{ID: "a", Start: 3, Duration: -5}}, "a 3+0\n", "1 span had an impossible start"},
		{"end of time", []*trace.Span{{ID: "a", Start: math.MaxInt64, Duration: math.MaxInt64}}, fmt.Sprintf("a %d+%d\n", 1<<59, 1<<45), "1 span had an impossible start"},
		{"year 2262", []*trace.Span{{ID: "a", Start: math.MaxInt64 / 1000, Duration: 10}}, "a 9223372036854775+10\n", ""},
		{"year 1970", []*trace.Span{{ID: "a", Start: 0, Duration: 10}, {ID: "b", ParentID: "a", Start: -5, Duration: 1}}, "a 0+10\n b -5+1\n", ""},
		{"not UTF-8", []*trace.Span{{ID: "\xff", Duration: 1}}, "\uFFFD 0+1\n", "1 span contained invalid UTF-8"},
		{"orphans", []*trace.Span{{ID: "b", ParentID: "gone", Duration: 1}}, "orphans\n b 0+1\n", ""},
		{"nothing", []*trace.Span{nil}, "", ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			got := trace.New("t", c.spans)
			if diff := cmp.Diff(c.want, drawing(got)); diff != "" {
				t.Errorf("trees (-want +got):\n%s", diff)
			}
			if notes := strings.Join(got.Notes, "\n"); c.note == "" && notes != "" || !strings.HasPrefix(notes, c.note) {
				t.Errorf("notes are %q, want %q", notes, c.note)
			}
		})
	}
}

// A span that only waits for another process is a call, with or without a span kind.
func TestCalling(t *testing.T) {
	traces, err := tracetest.Parse(`
a: GET / [- 0 90]
  a: get-b [- 1 20]
    b: GET /b [- 2 10]
      b: SELECT x [- 3 2 db.system=sqlite]
  a: get-b [- 30 20]
  a: compute [- 60 20]
  a: GET [client 81 5 url.full=http://c:80/x]
  a: ask [client 86 1]
    d: GET /d [server 86 1]
  a: ask [client 87 1]
    e: GET /e [server 87 1]
  a: ask [client 88 1]
  mysql: SELECT y [client 89 1]
`)
	if err != nil {
		t.Fatal(err)
	}
	got := map[string]string{}
	for _, s := range traces[0].Spans {
		if s.Calling() {
			got[s.ID+" "+s.Name] = s.Callee()
		}
	}
	want := map[string]string{
		"b get-b":    "b",
		"d SELECT x": "sqlite",
		"e get-b":    "b", // has no span of b below it, but the same call elsewhere does
		"g GET":      "c",
		"h ask":      "d",
		"j ask":      "e",
		"l ask":      "", // d or e
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("calls and callees (-want +got):\n%s", diff)
	}
}

// A clock that is provably wrong is corrected, also in all processes behind it; others are left alone.
func TestAlign(t *testing.T) {
	traces, err := tracetest.Parse(`
a: root [server 0 100ms]
  a: call [client 10ms 20ms]
    b: work [server 5012ms 16ms]
      b: call [client 5013ms 10ms]
        c: work [server 5014ms 8ms]
  a: call [client 40ms 20ms error]
    d: work [server 70ms 10ms]
`)
	if err != nil {
		t.Fatal(err)
	}
	var got []trace.Micros
	for _, s := range traces[0].Spans {
		got = append(got, s.Start-tracetest.Epoch)
	}
	want := []trace.Micros{0, 10000, 12000, 13000, 14000, 40000, 70000} // d began only after its caller had given up
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("starts (-want +got):\n%s", diff)
	}
	if k := traces[0].Skews; len(k) != 1 || k[0].Offset != 5_000_000 || k[0].HalfWidth != 2000 {
		t.Errorf("skews are %+v, want one of 5 s give or take 2 ms", k)
	}
}

// One wrong clock is found, however many calls it affects. Work after the response proves nothing.
func TestWhichClock(t *testing.T) {
	const caller = "a: root [server 0 100ms]\n  a: call [client 10ms 50ms]\n"
	for name, test := range map[string]struct {
		below string
		want  map[string]trace.Micros // shifts in µs, by service
	}{
		"ahead by seconds, callees right": {`
    b: work [server 3010500us 49ms]
      b: call [client 3020ms 10ms]
        c: work [server 20500us 9ms]
      b: call [client 3040ms 10ms]
        d: work [server 40500us 9ms]`, map[string]trace.Micros{"b": -3_000_000}},
		"ahead by less than the wait": {`
    b: work [server 40500us 49ms]
      b: call [client 50ms 10ms]
        c: work [server 20500us 9ms]`, map[string]trace.Micros{"b": -30_000}},
		"with all services behind it": {`
    b: work [server 3010500us 49ms]
      b: call [client 3020ms 10ms]
        c: work [server 3020500us 9ms]
          c: call [client 3021ms 5ms]
            d: work [server 22ms 4ms]`, map[string]trace.Micros{"b": -3_000_000, "c": -3_000_000}},
		"behind a call that failed": {`
    b: work [server 10500us 60ms]
      b: call [client 20ms 10ms]
        c: work [server 3020500us 9ms]`, map[string]trace.Micros{"c": -3_000_000}},
		"without client spans": {`
    b: work [server 10500us 49ms host=h1]
      c: work [server -300ms 20ms host=h2]
        c: call [client -290ms 5ms host=h2]
          d: work [server 20500us 4ms host=h3]
        c: call [client -284ms 3ms host=h2]
          e: work [server 7020500us 2ms host=h4]`, map[string]trace.Micros{"c": 310_500, "e": -6_993_500}},
		"without client spans, and nothing below": {`
    b: work [server 10500us 49ms host=h1]
      c: work [server -300ms 20ms host=h2]`, map[string]trace.Micros{"c": 310_500}},
		"bounds that cross by rounding": {`
    b: work [server 3010100us 50200us]
  a: call [client 61ms 20ms]
    b: work [server 3061200us 19100us]`, map[string]trace.Micros{"b": -3_000_150}},
		"perhaps on one host": {`
    b: work [server 10500us 49ms]
      c: work [server -300ms 20ms]`, nil},
		"work after the response": {`
    b: work [server 40500us 49ms]
      b: call [client 50ms 10ms]
        c: work [server 50500us 9ms]`, nil},
		"contradicting": {`
    b: work [server 3010500us 20ms]
  a: call [client 70ms 20ms]
    b: work [server 500ms 9ms]`, nil},
	} {
		traces, err := tracetest.Parse(caller + test.below)
		if err != nil {
			t.Fatal(err)
		}
		got := map[string]trace.Micros{}
		for _, k := range traces[0].Skews {
			got[k.Service] = -k.Offset
		}
		for _, s := range traces[0].Spans {
			if shift := test.want[s.Service]; shift != 0 && s.Parent.End() < s.End()-1000 {
				t.Errorf("%s: %s of %s ends after its caller", name, s.Name, s.Service)
			}
		}
		for service, shift := range test.want {
			if reported := got[service]; reported != 0 && reported != shift {
				t.Errorf("%s: %s is moved by %d µs, want %d", name, service, reported, shift)
			}
			delete(got, service)
		}
		if len(got) > 0 {
			t.Errorf("%s: right clocks are moved: %v", name, got)
		}
	}
}

// A span without a service or a name gets one, because reports name services and operations.
func TestMissingNames(t *testing.T) {
	s := trace.New("t", []*trace.Span{{ID: "a", Duration: 1}}).Spans[0]
	if s.Service != "unknown_service" || s.Name != "(no name)" {
		t.Errorf("a span without names is named %q of %q", s.Name, s.Service)
	}
}
