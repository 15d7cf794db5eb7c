//go:build unix

// Package metrics tests the configuration in deploy/metrics and the page docs/metrics.md with real programs and real
// requests: the services, the Collector, Jaeger and Prometheus.
package metrics

import (
	"context"
	"flag"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"spanwise/lab/build"
	"spanwise/lab/native"
)

var full = flag.Bool("system", false, "start a system and send requests to it, which takes 40 s")

const root = "../../.." // of the repository

const (
	// patience bounds the wait for an alert, which usually takes a few scrapes, of which there is one every 5 s. A busy machine takes
	// longer.
	patience = 5 * time.Minute
	// pace is the time between two requests.
	pace = 40 * time.Millisecond
)

// healthy is traffic with slow spans, although every trace is fast: inventory works on for 1.5 s after pricing, which waits
// for at most 100 ms, has gone on without it. A few requests fail fast.
var healthy = []string{
	"/orders/3/quote?timeout=inventory:100ms&latency=inventory.db:1500ms&cancel=ignored&fallback=scarce",
	"/orders/10", "/orders/5?fetch=each", "/orders/5?fail=pricing:503", "/orders/99999", "/nothing",
}

// slow is traffic whose traces are slow.
var slow = []string{"/orders/3/quote?latency=pricing:1500ms"}

// Prometheus scrapes real traffic. On healthy traffic the alert on spans cries wolf and the alert on traces is silent; on
// slow traffic that one fires. Meanwhile dashboard, exemplars, Jaeger's Monitor page, names and logs are as documented. A
// trace is counted once, and spans arrive even while the lab is away.
func TestSystem(t *testing.T) {
	s := start(t)
	s.send(t, healthy, func() {
		s.awaitAlert(t, `alertname="SpansSlow",service_name="inventory",span_name="GET /stock"`)
		if got := s.query(t, `max_over_time(ALERTS{alertname="TracesSlow",alertstate="firing"}[5m])`); len(got) > 0 {
			t.Errorf("traces: the alert fired on fast traces: %v", got)
		}
		t.Run("Dashboard", s.dashboard)
		t.Run("Browser", s.browser)
		t.Run("Exemplars", s.exemplars)
		t.Run("Monitor", s.monitor)
		t.Run("Names", s.names)
		t.Run("Logs", s.logs)
	})
	s.send(t, slow, func() {
		s.awaitAlert(t, `alertname="TracesSlow",service_name="order",span_name="GET /orders/{id}/quote"`)
	})
	t.Run("Edge", s.edge)
	t.Run("WithoutLab", s.withoutLab)
}

// A system is a running lab with Prometheus.
type system struct{ run *native.Run }

// start starts a system of its own. Its alerts are those of deploy/metrics with shorter windows.
func start(t *testing.T) system {
	t.Helper()
	if !*full {
		t.Skip("takes 40 s: make metrics-test runs it")
	}
	if _, err := exec.LookPath(native.Prometheus); err != nil {
		t.Skip("needs Prometheus in PATH, for example from apt-get install prometheus")
	}
	for _, program := range []string{"otelcol", "jaeger"} {
		if _, err := os.Stat(filepath.Join(root, ".bin", program)); err != nil {
			t.Skipf("needs .bin/%s, which make up and make smoke provide", program)
		}
	}
	top, err := filepath.Abs(root)
	if err != nil {
		t.Fatal(err)
	}
	data := t.TempDir()
	settings, err := native.Scratch(top, data, os.Environ(), "METRICS=on", "OTEL_METRIC_EXPORT_INTERVAL=1000")
	if err != nil {
		t.Fatal(err)
	}
	files, err := build.Begin(t.Context(), top, os.Getenv, &build.Progress{Say: func(line string) { t.Log(line) }})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(files.Stop)
	settings.Programs = files
	shorten(t, filepath.Join(data, "prometheus"))
	log, err := os.Create(filepath.Join(data, "log"))
	if err != nil {
		t.Fatal(err)
	}
	run, err := native.Start(t.Context(), settings, native.NewConsole(log, false))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := run.Stop(context.WithoutCancel(t.Context())); err != nil {
			t.Error(err)
		}
		log.Close()
		if text, err := os.ReadFile(log.Name()); err == nil && t.Failed() {
			t.Logf("the end of the programs' log:\n%s", text[max(0, len(text)-4000):])
		}
	})
	return system{run}
}

// shorten adds the alerts again, with windows for a test that lasts a minute and not ten.
func shorten(t *testing.T, dir string) {
	t.Helper()
	text, err := os.ReadFile(root + "/deploy/metrics/alerts.yaml")
	if err != nil {
		t.Fatal(err)
	}
	short := strings.NewReplacer("[5m]", "[15s]", "for: 2m", "for: 1s").Replace(string(text))
	if err := os.MkdirAll(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, "alerts_short.yaml"), []byte(short), 0o644); err != nil {
		t.Fatal(err)
	}
}

// send makes requests to order while do runs.
func (s system) send(t *testing.T, paths []string, do func()) {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	var all sync.WaitGroup
	defer all.Wait()
	defer cancel()
	all.Go(func() {
		tick := time.NewTicker(pace)
		defer tick.Stop()
		for i := 0; ; i++ {
			select {
			case <-tick.C:
				all.Go(func() { get(ctx, s.run.URL(native.OrderPort)+paths[i%len(paths)]) })
			case <-ctx.Done():
				return
			}
		}
	})
	do()
}

// get returns the answer of a server; empty if there is none.
func get(ctx context.Context, url string) (body []byte, header http.Header) {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
	if err != nil {
		return nil, nil
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		return nil, nil
	}
	defer resp.Body.Close()
	body, _ = io.ReadAll(resp.Body)
	return body, resp.Header
}
