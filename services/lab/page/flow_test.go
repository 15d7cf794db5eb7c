package page

import (
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"spanwise/doctor/trace"
)

// The map counts calls by caller and callee: requests from outside, calls between services as long as the caller waited, calls that
// nobody answered, and those of databases and caches.
func TestTraffic(t *testing.T) {
	span := func(id, parent, service string, kind trace.Kind, took trace.Micros, attrs ...string) *trace.Span {
		s := &trace.Span{ID: id, ParentID: parent, Service: service, Name: "op", Kind: kind, Start: 1_000_000, Duration: took}
		for i := 0; i < len(attrs); i += 2 {
			s.Attrs.Set(attrs[i], attrs[i+1])
		}
		return s
	}
	failed := span("6", "1", "order", trace.Client, 70, "peer.service", "inventory", "http.request.method", "GET")
	failed.Error = true
	sum := newTraffic(trace.New("1", []*trace.Span{
		span("1", "", "order", trace.Server, 100),
		span("2", "1", "order", trace.Client, 40),
		span("3", "2", "pricing", trace.Server, 30),
		span("4", "3", "pricing", trace.Client, 20, "db.system.name", "postgresql"),
		span("5", "3", "pricing", trace.Client, 5, "db.system.name", "valkey"),
		failed,
	}))
	got := map[hop]tally{}
	for h, one := range sum.hops {
		got[h] = *one
	}
	want := map[hop]tally{
		{"", "order"}:                   {1, 0, []trace.Micros{100}},
		{"order", "pricing"}:            {1, 0, []trace.Micros{40}},
		{"order", "inventory"}:          {1, 1, []trace.Micros{70}},
		{"pricing", "pricing database"}: {1, 0, []trace.Micros{20}},
		{"pricing", "pricing cache"}:    {1, 0, []trace.Micros{5}},
	}
	if diff := cmp.Diff(want, got, cmp.AllowUnexported(tally{})); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// What the map keeps is bounded, and old traces are forgotten.
func TestFlowForgets(t *testing.T) {
	now := time.Now()
	f := flowReader{seen: map[string]traffic{"old": {at: now.Add(-2 * flowWindow)}}, covered: now.Add(-flowWindow)}
	for i := range flowTraces + 50 {
		f.seen[string(rune('a'+i))] = traffic{at: now.Add(-time.Duration(i) * time.Millisecond)}
	}
	f.forget(now.Add(-flowWindow))
	if _, ok := f.seen["old"]; ok || len(f.seen) != flowTraces {
		t.Errorf("got %d traces, the old one: %v, want the newest %d", len(f.seen), ok, flowTraces)
	}
	if got := now.Sub(f.covered); got > time.Second {
		t.Errorf("the map claims to be about the last %v, want only what it kept", got)
	}
}

// The map shows the calls of real services, in two layouts and as a table. Without requests it says how to make one.
func TestFlow(t *testing.T) {
	t.Parallel()
	server := started(t)
	const empty = "No request in the last 5 minutes"
	if text := settledFlow(t, server.URL); !strings.Contains(text, empty) {
		t.Errorf("got no %q in\n%s", empty, text)
	}
	server = started(t)
	visit(t, http.MethodPost, server.URL+"/requests", "service=order&path=/orders/3")
	text := settledFlow(t, server.URL)
	for _, want := range []string{`<svg class="wide"`, `<svg class="narrow"`, "<td>outside</td><td>order</td>", "<td>order</td><td>inventory</td>",
		"<td>pricing</td><td>pricing database</td>", "Last 5 minutes: 1 trace."} {
		if !strings.Contains(text, want) {
			t.Errorf("got no %s in\n%s", want, text)
		}
	}
}

// settledFlow returns the map once Jaeger has answered.
func settledFlow(t *testing.T, address string) string {
	t.Helper()
	for {
		_, text := visit(t, http.MethodGet, address+"/flow", "")
		if !strings.Contains(text, "data-reading") {
			return text
		}
	}
}

// An answer of Jaeger that is too long is cut off.
func TestLimited(t *testing.T) {
	endless := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		for chunk := strings.Repeat("x", 1<<20); ; {
			if _, err := io.WriteString(w, chunk); err != nil {
				return
			}
		}
	}))
	defer endless.Close()
	resp, err := (&http.Client{Transport: limited{http.DefaultTransport}}).Get(endless.URL)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	if n, err := io.Copy(io.Discard, resp.Body); err != nil || n != flowAnswer {
		t.Errorf("got %d bytes, %v, want %d", n, err, flowAnswer)
	}
}
