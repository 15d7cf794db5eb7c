package play_test

import (
	"context"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"

	"spanwise/doctor/trace"
	"spanwise/lab/jaeger"
	"spanwise/lab/play"
	"spanwise/lab/scenario"
	"spanwise/lab/scenario/scenariotest"
	"spanwise/order/shoptest"
)

func find(t *testing.T, id string) scenario.Scenario {
	t.Helper()
	s, err := scenario.Find(id)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// Setup requests are made first, and their answers fill the placeholders of the request; the fresh number is the same in all.
func TestPlayFillsPlaceholders(t *testing.T) {
	client := scenariotest.Client(shoptest.Start(t, nil, true))
	for _, id := range []string{"healthy-cancel", "healthy-release"} {
		s := find(t, id)
		for range 2 {
			ids, err := client.Play(t.Context(), s, s.Slow)
			if err != nil || len(ids) != 1 || len(ids[0]) != 32 {
				t.Errorf("%s: got the traces %q, %v, want one", id, ids, err)
			}
		}
	}
}

// Several requests at once are as many traces, and those of other requests are returned separately.
func TestPlayWith(t *testing.T) {
	client := scenariotest.Client(shoptest.Start(t, nil, true))
	crowd := scenario.Scenario{ID: "crowd", Concurrency: 5}
	own, others, err := client.PlayWith(t.Context(), crowd, scenario.Request{Method: "GET", Path: "/orders/1"},
		scenario.Request{Method: "GET", Path: "/orders/2"}, scenario.Request{Service: "pricing", Method: "GET", Path: "/prices/sku-1"})
	if err != nil || len(own) != 5 || len(others) != 2 {
		t.Fatalf("got %d and %d traces, %v, want 5 and 2", len(own), len(others), err)
	}
	all := append(own, others...)
	slices.Sort(all)
	if n := len(slices.Compact(all)); n != 7 {
		t.Errorf("got %d different traces, want 7", n)
	}
}

// An unexpected answer is an error that names the request and the service, and quotes the answer.
func TestPlayRefused(t *testing.T) {
	client := scenariotest.Client(shoptest.Start(t, nil, true))
	for _, tt := range []struct {
		request scenario.Request
		want    []string
	}{
		{scenario.Request{Method: "GET", Path: "/orders/0"}, []string{"GET /orders/0", "order answered 404"}},
		{scenario.Request{Method: "GET", Path: "/orders/3", Status: 503}, []string{"order answered 200"}},
		{scenario.Request{Service: "inventory", Method: "GET", Path: "/stock/none"}, []string{"inventory answered 404", "no such product"}},
	} {
		_, err := client.Play(t.Context(), scenario.Scenario{ID: "refused"}, tt.request)
		for _, want := range append(tt.want, "refused") {
			if err == nil || !strings.Contains(err.Error(), want) {
				t.Errorf("%s: got %v, want an error with %q", tt.request, err, want)
			}
		}
	}
	if ids, err := client.Play(t.Context(), scenario.Scenario{}, scenario.Request{Method: "GET", Path: "/orders/0", Status: 404}); err != nil || len(ids) != 1 {
		t.Errorf("a 404 that is expected: got %v, %v", ids, err)
	}
}

// An answer that names no trace is an error, and so is a service that does not answer, with what to do about it.
func TestNoShop(t *testing.T) {
	stranger := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) {}))
	defer stranger.Close()
	client := play.New(stranger.URL, stranger.URL, "http://127.0.0.1:1")
	_, err := client.Play(t.Context(), scenario.Scenario{ID: "any"}, scenario.Request{Method: "GET", Path: "/"})
	if err == nil || !strings.Contains(err.Error(), "traceresponse") {
		t.Errorf("got %v, want an error about the missing traceresponse", err)
	}
	err = client.Ready(t.Context())
	if err == nil || !strings.Contains(err.Error(), "pricing at http://127.0.0.1:1 is not ready (start it with make up") {
		t.Errorf("got %v, want what to do about pricing", err)
	}
}

// That a request was not sampled is an error if its trace is needed, and only then.
func TestNotSampled(t *testing.T) {
	shop := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Traceresponse", "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-00")
	}))
	defer shop.Close()
	client, request := play.New(shop.URL, shop.URL, shop.URL), scenario.Request{Method: "GET", Path: "/"}
	if a, err := client.Do(t.Context(), request); err != nil || a.Sampled {
		t.Errorf("Do: got %+v, %v, want an answer that was not sampled", a, err)
	}
	if _, err := client.Play(t.Context(), scenario.Scenario{ID: "any"}, request); err == nil || !strings.Contains(err.Error(), "was not sampled") {
		t.Errorf("Play: got %v, want an error", err)
	}
}

// Traces are read in the order of ids, and the others do not contain them.
func TestRead(t *testing.T) {
	services := shoptest.Start(t, nil, true)
	client, from := scenariotest.Client(services), jaeger.New(scenariotest.Jaeger(t, services).URL, http.DefaultTransport)
	began := time.Now()
	s := find(t, "broken-propagation")
	var own []string
	for _, r := range []scenario.Request{s.Slow, s.Fixed} {
		ids, err := client.Play(t.Context(), s, r)
		if err != nil {
			t.Fatal(err)
		}
		own = append(own, ids...)
	}
	traces, err := play.Read(t.Context(), from, own)
	if err != nil || len(traces) != 2 || traces[0].ID != own[0] || traces[1].ID != own[1] {
		t.Fatalf("got %d traces, %v, want those of %q in that order", len(traces), err, own)
	}
	if play.Complete(traces[0]) || !play.Complete(traces[1]) {
		t.Error("got the trace that lacks pricing as complete, or the other one as incomplete")
	}
	others, err := play.Others(t.Context(), from, client, own, began)
	if err != nil || len(others) != 1 || others[0].Roots[0].Service != "pricing" {
		t.Errorf("got %d other traces, %v, want pricing's half of the broken one", len(others), err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := play.Read(ctx, from, []string{strings.Repeat("a", 32)}); err == nil {
		t.Error("got no error for a trace that does not exist")
	}
}

// A trace is complete if it has a root, every parent, and the server's span of every HTTP call that did not fail.
func TestComplete(t *testing.T) {
	root := func() *trace.Span { return &trace.Span{ID: "1", Service: "order", Kind: trace.Server, Duration: 9} }
	call := func() *trace.Span {
		return &trace.Span{ID: "2", ParentID: "1", Service: "order", Kind: trace.Client, Duration: 5,
			Attrs: trace.AttrsOf(map[string]string{"http.request.method": "GET"})}
	}
	failed := call()
	failed.Error = true
	for name, tt := range map[string]struct {
		spans []*trace.Span
		want  bool
	}{
		"alone":       {[]*trace.Span{root()}, true},
		"unanswered":  {[]*trace.Span{root(), call()}, false},
		"failed":      {[]*trace.Span{root(), failed}, true},
		"answered":    {[]*trace.Span{root(), call(), {ID: "3", ParentID: "2", Service: "pricing", Kind: trace.Server, Duration: 3}}, true},
		"no root":     {[]*trace.Span{call()}, false},
		"half of two": {[]*trace.Span{root(), {ID: "3", ParentID: "2", Service: "pricing", Duration: 3}}, false},
	} {
		if got := play.Complete(trace.New("1", tt.spans)); got != tt.want {
			t.Errorf("%s: got %v, want %v", name, got, tt.want)
		}
	}
}
