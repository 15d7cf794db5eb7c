package main

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"spanwise/lab/native"
)

// The lab uses the addresses at which it reaches the services, and shows the addresses for a browser if they differ.
func TestSite(t *testing.T) {
	vars := map[string]string{"SAMPLING": "tail", "ORDER_URL": "http://order:8080/", "JAEGER_URL": "http://jaeger:16686", "SHOWN_JAEGER_URL": "http://localhost:9686/"}
	e := env{getenv: func(name string) string { return vars[name] }}
	s, err := siteOf(e)
	if err != nil || !s.Traces.Tail {
		t.Errorf("got %v and tail sampling %v, want that to be known", err, s.Traces.Tail)
	}
	want := map[string]string{"order": "http://order:8080", "inventory": "http://localhost:8081", "pricing": "http://localhost:8082", "jaeger": "http://localhost:9686"}
	if diff := cmp.Diff(want, s.Shown); diff != "" {
		t.Errorf("shown (-want +got):\n%s", diff)
	}
	if s.Jaeger != "http://jaeger:16686" || s.Shop.URL["order"] != "http://order:8080/" {
		t.Errorf("got Jaeger at %s and order at %s, want those that the lab reaches", s.Jaeger, s.Shop.URL["order"])
	}
	vars["SAMPLING"] = "ten"
	if _, err := siteOf(e); err == nil {
		t.Error("got no error for SAMPLING=ten")
	}
}

// The last line claims that all spans arrived only if that is known.
func TestGoodbye(t *testing.T) {
	for _, test := range []struct {
		delivery native.Delivery
		known    bool
		want     string
	}{
		{native.Delivery{Accepted: 303, Sent: 303}, true, "Stopped. All 303 spans reached Jaeger."},
		{native.Delivery{Accepted: 303, Sent: 300}, true, "Stopped. 3 spans are in the Collector's queue on disk until the next start."},
		{native.Delivery{Accepted: 303, Sent: 303}, false, "Stopped."},
		{native.Delivery{}, true, "Stopped."},
		{native.Delivery{Accepted: 743, Sent: 107, Tail: native.Tail{Began: 62, Decided: 62, Kept: 9}}, true,
			"Stopped. Tail sampling kept 9 of 62 traces; their 107 spans reached Jaeger."},
		{native.Delivery{Accepted: 743, Sent: 107, Tail: native.Tail{Began: 70, Decided: 62, Kept: 9, Evicted: 2, Held: 1}}, true,
			"Stopped. Tail sampling kept 9 of 62 traces; their 107 spans reached Jaeger. At the stop 1 more were undecided. " +
				"It dropped 2 more before their decision: raise num_traces in deploy/otelcol-tail.yaml, or OTELCOL_NUM_TRACES of gateways."},
	} {
		if got := goodbye(test.delivery, test.known); got != test.want {
			t.Errorf("%+v, known %v: got %q, want %q", test.delivery, test.known, got, test.want)
		}
	}
}
