package explore

import (
	"fmt"
	"net/url"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"spanwise/doctor/read"
	"spanwise/lab/page/explore/exploretest"
)

// started is a Jaeger with n traces, a second apart, of which the last began at now. Every third is slow, and every seventh has an error.
func started(t *testing.T, n int) (*exploretest.Jaeger, *Explorer, time.Time) {
	j := exploretest.Start(t)
	now := time.Now().Truncate(time.Millisecond)
	for i := range n {
		took, failure := 10*time.Millisecond, ""
		if i%3 == 0 {
			took = 100 * time.Millisecond
		}
		if i%7 == 0 {
			failure = "out of stock"
		}
		j.Add(fmt.Sprintf("%032x", i+1), now.Add(time.Duration(i-n+1)*time.Second),
			exploretest.Span{Service: "order", Name: "GET /orders/{id}", Duration: took, Kind: 2, Attrs: map[string]string{"shop.order.id": fmt.Sprint(i)}},
			exploretest.Span{Service: "pricing", Name: "GET /prices", Parent: 1, Start: time.Millisecond, Duration: 5 * time.Millisecond, Error: failure})
	}
	return j, New(j.URL, nil, func(string) int { return 0 }), now
}

func numbers(list List) (ids []int) {
	for _, s := range list.Traces {
		var n int
		_, _ = fmt.Sscanf(s.ID, "%x", &n)
		ids = append(ids, n-1)
	}
	return ids
}

// All traces are listed once, the newest first, over as many pages as it takes, whether or not Jaeger can search in every service at once.
func TestListPages(t *testing.T) {
	for _, demanding := range []bool{false, true} {
		j, e, now := started(t, 100)
		j.Demanding = demanding
		var all []int
		f := Filter{Last: time.Hour}
		for pages := 0; ; pages++ {
			list, err := e.List(t.Context(), f, now)
			if err != nil || pages > 10 {
				t.Fatalf("page %d: %v", pages, err)
			}
			all = append(all, numbers(list)...)
			if !list.More {
				break
			}
			f.Before = list.Since
		}
		want := make([]int, 100)
		for i := range want {
			want[i] = 99 - i
		}
		if diff := cmp.Diff(want, all); diff != "" {
			t.Errorf("demanding %v (-want +got):\n%s", demanding, diff)
		}
	}
}

// Each filter lists what it says and nothing else.
func TestListFilters(t *testing.T) {
	_, e, now := started(t, 60)
	for query, keep := range map[string]func(int) bool{
		"service=pricing&last=20s":             func(i int) bool { return i >= 39 },
		"min=50ms":                             func(i int) bool { return i%3 == 0 },
		"service=order&max=50ms":               func(i int) bool { return i%3 != 0 },
		"error=1":                              func(i int) bool { return i%7 == 0 },
		"tag=shop.order.id=50":                 func(i int) bool { return i == 50 },
		"service=pricing&tag=shop.order.id=50": func(int) bool { return false },
		"service=nosuch":                       func(int) bool { return false },
	} {
		q, _ := url.ParseQuery(query)
		f, err := ParseFilter(q)
		if err != nil {
			t.Fatal(err)
		}
		list, err := e.List(t.Context(), f, now)
		if err != nil {
			t.Fatalf("%s: %v", query, err)
		}
		var want []int
		for i := 59; i >= 0; i-- {
			if at := now.Add(time.Duration(i-59) * time.Second); keep(i) && at.After(now.Add(-f.Last)) && !at.Before(list.Since) {
				want = append(want, i)
			}
		}
		if diff := cmp.Diff(want, numbers(list)); diff != "" || len(want) < pageSize && list.More {
			t.Errorf("%s: more %v (-want +got):\n%s", query, list.More, diff)
		}
	}
}

// A search for what is rare ends, says how far it looked, and can go on from there.
func TestListIsBounded(t *testing.T) {
	_, e, now := started(t, 400)
	f := Filter{Last: time.Hour, Tag: "", Max: time.Nanosecond} // nothing is that short
	list, err := e.List(t.Context(), f, now)
	if err != nil || len(list.Traces) > 0 || !list.Bounded() || list.Looked < 100 || list.Looked > 300 {
		t.Errorf("got %d traces of %d, bounded %v, %v", len(list.Traces), list.Looked, list.Bounded(), err)
	}
}

// A list that is open gets what is new since it looked last, and what has grown.
func TestSince(t *testing.T) {
	j, e, now := started(t, 5)
	j.Add("abc", now.Add(time.Second), exploretest.Span{Service: "order", Name: "late", Duration: time.Millisecond})
	list, err := e.Since(t.Context(), Filter{Last: time.Hour}, now.Add(-1500*time.Millisecond), now.Add(time.Second))
	if got := numbers(list); err != nil || list.More || !slices.Equal(got[1:], []int{4, 3}) || list.Traces[0].Name != "late" {
		t.Errorf("got %v, %v", got, err)
	}
}

// A filter's address is canonical, and reads back as the same filter. Wrong values are refused with an example.
func TestFilter(t *testing.T) {
	q, _ := url.ParseQuery("service=order&min=50ms&max=&error=1&tag=shop.order.id%3D50&last=90m&before=1700000000000000")
	f, err := ParseFilter(q)
	if err != nil {
		t.Fatal(err)
	}
	if want := "before=1700000000000000&error=1&last=1h30m&min=50ms&service=order&tag=shop.order.id%3D50"; f.Query() != want {
		t.Errorf("got %s, want %s", f.Query(), want)
	}
	q, _ = url.ParseQuery(f.Query())
	if again, err := ParseFilter(q); err != nil || again != f {
		t.Errorf("got %+v, %v, want %+v", again, err, f)
	}
	for query, want := range map[string]string{
		"min=fast": "try: 50ms", "min=-1ms": "not a duration", "min=2s&max=1s": "longer than max", "tag=order": "try: shop.order.id=50",
		"tag==5": "not an attribute", "last=9000h": "31 days", "before=yesterday": "microseconds",
	} {
		q, _ := url.ParseQuery(query)
		if _, err := ParseFilter(q); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: got %v, want %q", query, err, want)
		}
	}
	if f, _ := ParseFilter(nil); f.Query() != "" {
		t.Errorf("no filter: got the query %q", f.Query())
	}
}

// Whatever somebody pastes, the trace id in it is found, or it is said that there is none.
func TestParseID(t *testing.T) {
	const id = "4bf92f3577b34da6a3ce929d0e0e4736"
	for text, want := range map[string]string{
		id: id, "  " + id + "\n": id, "0x" + id: id, "a3ce929d0e0e4736": "a3ce929d0e0e4736", "1f": "1f",
		"00-" + id + "-00f067aa0ba902b7-01":                       id,
		"traceresponse: 00-" + id + "-00f067aa0ba902b7-01":        id,
		"http://localhost:16686/trace/" + id + "?uiFind=x":        id,
		"https://jaeger.example.com/base/api/v3/traces/" + id:     id,
		"http://localhost:8000/traces/" + id + "#span=00f067aa":   id,
		`level=ERROR msg="no" trace_id=` + id + ` span_id=00f0aa`: id,
		`{"traceId":"` + id + `","spanId":"00f067aa0ba902b7"}`:    id,
		"see " + id + " please":                                   id,
		"":                                                        "",
		"hello":                                                   "",
		"00000000000000000000000000000000":                        "",
		"http://localhost:16686/search":                           "",
		strings.Repeat("f", 33):                                   "",
		"00-" + id + "-00f067aa0ba902b7-00":                       "",
		strings.Repeat("日本語 <script>", 10000):                     "",
	} {
		got, err := ParseID(text)
		if got != want || (err == nil) != (want != "") || err != nil && len(err.Error()) > 800 {
			t.Errorf("%.80q: got %q, %v, want %q", text, got, err, want)
		}
	}
	if _, err := ParseID("00-" + id + "-00f067aa0ba902b7-00"); err == nil || !strings.Contains(err.Error(), "was not sampled") {
		t.Errorf("not sampled: got %v", err)
	}
}

// A Jaeger that does not answer is named, without the flags of a command.
func TestExplain(t *testing.T) {
	j, e, now := started(t, 1)
	j.Down(true)
	_, err := e.List(t.Context(), Filter{Last: time.Hour}, now)
	if err == nil || !strings.Contains(err.Error(), j.URL) || strings.Contains(err.Error(), "try: -") {
		t.Errorf("got %v", err)
	}
	if got := e.explain(read.Advise("try: -jaeger URL", "jaeger at x: refused")).Error(); got != "Jaeger at x: refused" {
		t.Errorf("got %s", got)
	}
	j.Down(false)
	if _, err := e.Open(t.Context(), "ffff"); err == nil || !strings.Contains(err.Error(), "does not have this trace") {
		t.Errorf("unknown: got %v", err)
	}
}

// A trace that is on its way is opened when it arrives.
func TestOpenWaits(t *testing.T) {
	j, e, now := started(t, 1)
	opened := make(chan error)
	go func() {
		_, err := e.Open(t.Context(), "abc")
		opened <- err
	}()
	for j.Asked() == 0 {
		runtime.Gosched()
	}
	j.Add("abc", now, exploretest.Span{Service: "order", Name: "late", Duration: time.Millisecond})
	if err := <-opened; err != nil {
		t.Error(err)
	}
}
