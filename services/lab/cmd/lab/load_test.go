package main

import (
	"bytes"
	"context"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"os"
	"runtime"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"spanwise/internal/memnet"
	"spanwise/lab/load"
)

// watchLoad loads a shop in a network of its own, in virtual time, and interrupts the load after a while.
func watchLoad(t *testing.T, l *loading, after time.Duration, handler http.HandlerFunc) (report load.Report, shown string) {
	t.Helper()
	network := memnet.New()
	listener, server := network.Listen("shop"), &http.Server{Handler: handler}
	go func() { _ = server.Serve(listener) }()
	defer server.Close()
	transport := network.Transport()
	defer transport.CloseIdleConnections()
	l.shop, l.plan.Transport = load.NewShop("http://shop", 1), transport
	var err error
	if l.plan.Mix, err = l.shop.Mix(l.mix); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), after)
	defer cancel()
	var out bytes.Buffer
	if report, err = l.watch(ctx, env{stderr: &out}); err != nil {
		t.Fatal(err)
	}
	return report, out.String()
}

// Ctrl-C ends a load without an end. Its report has what was answered until then, and those that were on their way.
func TestLoadInterrupted(t *testing.T) {
	onInterrupt(func() {})() // os/signal starts a goroutine at its first use, which must not be in the bubble
	synctest.Test(t, func(t *testing.T) {
		l := &loading{plan: load.Plan{Rate: 10, Timeout: 5 * time.Second}, mix: "3 GET /orders/{1-20}, 1 POST /orders, 1 POST {placed}/cancel"}
		var cancelled atomic.Int64
		report, shown := watchLoad(t, l, 20520*time.Millisecond, func(w http.ResponseWriter, r *http.Request) {
			switch {
			case r.URL.Path == "/orders":
				w.Header().Set("Location", "/orders/1001")
				w.WriteHeader(http.StatusCreated)
			case r.URL.Path == "/orders/1001/cancel":
				cancelled.Add(1)
			}
			time.Sleep(1050 * time.Millisecond) // so that nothing happens at the same moment as the progress
		})
		if report.Planned != 206 || report.Accepted != 206 { // at 0, 0.1, … 20.5 s
			t.Errorf("got %d planned and %d accepted, want 206 each", report.Planned, report.Accepted)
		}
		if cancelled.Load() == 0 || len(report.Targets) != 3 {
			t.Errorf("got %d cancelled orders and %+v, want some, and a row for each target", cancelled.Load(), report.Targets)
		}
		for _, want := range []string{"10s: 10 requests/s, ", "20s: 10 requests/s, 10 accepted/s, 1", " p50 1.05 s, p99 1.05 s, 0 failed\n", "waiting for 1"} {
			if !strings.Contains(shown, want) {
				t.Errorf("got\n%swant %q", shown, want)
			}
		}
	})
}

// Once nothing is sent any more, because of Ctrl-C or because the time is up, the progress says what the load waits for.
func TestLoadWaits(t *testing.T) {
	onInterrupt(func() {})()
	for name, test := range map[string]struct {
		plan  load.Plan
		after time.Duration
		want  string
	}{
		"Ctrl-C":          {load.Plan{Rate: 0.1}, 5 * time.Second, "waiting for 1 answer, at most 1m0s; press Ctrl-C again for the report so far\n"},
		"the end of -for": {load.Plan{Rate: 0.1, Length: 5 * time.Second}, time.Hour, "waiting for 1 answer, at most 1m0s\n"},
	} {
		synctest.Test(t, func(t *testing.T) {
			l := &loading{plan: test.plan, mix: "GET /orders/1"}
			l.plan.Timeout = time.Minute
			_, shown := watchLoad(t, l, test.after, func(http.ResponseWriter, *http.Request) { time.Sleep(25 * time.Second) })
			if n := strings.Count(shown, test.want); n < 2 || strings.Contains(shown, "requests/s") {
				t.Errorf("%s: got\n%swant %q at each tick, and no rate", name, shown, test.want)
			}
		})
	}
}

// Ctrl-C while a load waits for the service is what the error says.
func TestLoadInterruptedBefore(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	service := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		cancel()
		<-r.Context().Done()
	}))
	defer service.Close()
	if err := ready(ctx, service.URL, "-url"); err == nil || err.Error() != "interrupted" {
		t.Errorf("got %v, want interrupted", err)
	}
}

// The second Ctrl-C does not wait for answers that do not come: the report so far is printed at once.
func TestLoadInterruptedTwice(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("a process cannot interrupt itself on Windows")
	}
	service := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() }))
	defer service.Close()
	l := &loading{plan: load.Plan{Rate: 1, Timeout: time.Minute, Mix: load.Get(service.URL)}}
	ctx, cancel := context.WithCancel(t.Context())
	l.plan.Mix[0].Next = func() load.Request {
		cancel() // as the first Ctrl-C does, once a request is on its way
		return load.Request{Method: http.MethodGet, URL: service.URL}
	}
	l.shop = load.NewShop(service.URL, 1)
	self, err := os.FindProcess(os.Getpid())
	if err != nil {
		t.Fatal(err)
	}
	shown := writerFunc(func(text []byte) (int, error) {
		if strings.Contains(string(text), "press Ctrl-C again") {
			return len(text), self.Signal(os.Interrupt)
		}
		return len(text), nil
	})
	began := time.Now()
	report, err := l.watch(ctx, env{stderr: shown})
	if err != nil || report.Planned != 1 || report.Failed(load.Abandoned) != 1 {
		t.Errorf("got %+v, %v, want one request, which was abandoned", report, err)
	}
	if took := time.Since(began); took > 30*time.Second {
		t.Errorf("got the report after %v, want it long before the timeout", took)
	}
}

// Another service than order has a /readyz too. A load on it is refused.
func TestLoadOfAnotherService(t *testing.T) {
	for name, handler := range map[string]http.HandlerFunc{
		"another service": func(w http.ResponseWriter, r *http.Request) {
			if r.URL.Path != "/readyz" {
				http.NotFound(w, r)
			}
		},
		"Jaeger's page": func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write([]byte("<!doctype html>")) },
	} {
		service := httptest.NewServer(handler)
		defer service.Close()
		if err := ready(t.Context(), service.URL, "-url"); err == nil || !strings.Contains(err.Error(), "no order service is ready at "+service.URL) {
			t.Errorf("%s: got %v, want an error", name, err)
		}
	}
	order := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write([]byte(`{"orders":[]}`)) }))
	defer order.Close()
	if err := ready(t.Context(), order.URL+"/", "-url"); err != nil {
		t.Errorf("an order service: got %v", err)
	}
}

type writerFunc func([]byte) (int, error)

func (f writerFunc) Write(text []byte) (int, error) { return f(text) }

// A load ends by itself, and what it writes as JSON says what was asked for.
func TestLoadEnds(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := &loading{plan: load.Plan{Rate: 10, Ramp: time.Second, Length: 2 * time.Second}, url: "http://shop", commit: "0123abc", mix: "GET /orders/1?fail=order:503"}
		report, _ := watchLoad(t, l, time.Hour, func(w http.ResponseWriter, r *http.Request) { w.WriteHeader(http.StatusServiceUnavailable) })
		if report.Planned != 15 || report.Failed("status 503") != 15 {
			t.Errorf("got %d planned and %+v, want 5 in the ramp, 10 after it, and all failed", report.Planned, report.Failures)
		}
		text, err := json.Marshal(l.result(report))
		for _, want := range []string{`"commit":"0123abc","url":"http://shop","mix":"GET /orders/1?fail=order:503","rate":10,"from":0,"ramp_s":1,`, `"planned":15,`} {
			if err != nil || !strings.Contains(string(text), want) {
				t.Errorf("got %s, %v, want %s in it", text, err, want)
			}
		}
	})
}
