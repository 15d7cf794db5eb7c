package main

import (
	"bytes"
	"context"
	"encoding/json"
	"net/http"
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

// A load ends by itself, and what it writes as JSON says what was asked for.
func TestLoadEnds(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := &loading{plan: load.Plan{Rate: 10, Ramp: time.Second, Length: 2 * time.Second}, url: "http://shop", mix: "GET /orders/1?fail=order:503"}
		report, _ := watchLoad(t, l, time.Hour, func(w http.ResponseWriter, r *http.Request) { w.WriteHeader(http.StatusServiceUnavailable) })
		if report.Planned != 15 || report.Failed("status 503") != 15 {
			t.Errorf("got %d planned and %+v, want 5 in the ramp, 10 after it, and all failed", report.Planned, report.Failures)
		}
		text, err := json.Marshal(l.result(report))
		for _, want := range []string{`"url":"http://shop","mix":"GET /orders/1?fail=order:503","rate":10,"from":0,"ramp_s":1,`, `"planned":15,`} {
			if err != nil || !strings.Contains(string(text), want) {
				t.Errorf("got %s, %v, want %s in it", text, err, want)
			}
		}
	})
}
