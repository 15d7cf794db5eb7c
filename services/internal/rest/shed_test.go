package rest

import (
	"context"
	"encoding/json"
	"io"
	"maps"
	"net/http"
	"net/http/httptest"
	"runtime/metrics"
	"strconv"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"go.opentelemetry.io/otel/sdk/metric"
	"go.opentelemetry.io/otel/sdk/metric/metricdata"

	"spanwise/internal/memnet"
	"spanwise/internal/spantest"
)

// A crowd makes requests to a shedder whose requests take a second, except those of /quick, which take no time.
type crowd struct {
	*testing.T
	client  http.Client
	lag     atomic.Int64 // what the shedder measures
	metrics *metric.ManualReader
	spans   *spantest.Recorder
}

func newCrowd(t *testing.T) *crowd {
	c := &crowd{T: t, metrics: metric.NewManualReader(), spans: spantest.New()}
	tel := c.spans.Telemetry("things", io.Discard)
	tel.Metrics = metric.NewMeterProvider(metric.WithReader(c.metrics))
	slow := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path != "/quick" {
			time.Sleep(time.Second)
		}
	})
	traced := instrument(tel)(slow)
	net := memnet.New()
	transport := net.Transport()
	server := &http.Server{Handler: newShedder(tel, func() time.Duration { return time.Duration(c.lag.Load()) }, traced)}
	go server.Serve(net.Listen("things"))
	t.Cleanup(func() { server.Close(); transport.CloseIdleConnections() })
	c.client.Transport = transport
	return c
}

// trickle makes a quick request at each time at which the limit is adjusted.
func (c *crowd) trickle(length time.Duration) {
	for range length / adjustEvery {
		time.Sleep(adjustEvery)
		c.get(1, "/quick", nil)
	}
}

// get makes n requests at the same time, and returns how many succeeded. It checks the refusals.
func (c *crowd) get(n int, path string, header http.Header) int {
	var succeeded atomic.Int64
	var all sync.WaitGroup
	for range n {
		all.Go(func() {
			r, _ := http.NewRequestWithContext(c.Context(), http.MethodGet, "http://things"+path, nil)
			maps.Copy(r.Header, header)
			r.Header.Set("X-Request-ID", "7f3c1a0e")
			began := time.Now()
			resp, err := c.client.Do(r)
			if err != nil {
				c.Error(err)
				return
			}
			defer resp.Body.Close()
			if resp.StatusCode == http.StatusOK {
				succeeded.Add(1)
				return
			}
			checkRefusal(c.T, resp, time.Since(began))
		})
	}
	all.Wait()
	synctest.Wait() // until the server has noticed, too
	return int(succeeded.Load())
}

func checkRefusal(t *testing.T, resp *http.Response, took time.Duration) {
	var p Problem
	err := json.NewDecoder(resp.Body).Decode(&p)
	if resp.StatusCode != http.StatusServiceUnavailable || took > 0 || err != nil || p.Status != resp.StatusCode || p.Detail == "" ||
		resp.Header.Get("Content-Type") != "application/problem+json" {
		t.Errorf("got %s, %+v, %v after %v, want a 503 with a problem at once", resp.Status, p, err, took)
	}
	if got := resp.Header.Get("X-Request-ID"); got != "7f3c1a0e" {
		t.Errorf("got the request id %q, want that of the request", got)
	}
	if wait, err := strconv.Atoi(resp.Header.Get("Retry-After")); err != nil || wait < 1 || wait > 2 {
		t.Errorf("got Retry-After: %q, want 1 or 2", resp.Header.Get("Retry-After"))
	}
}

// refused returns how many requests the metric counts as refused.
func (c *crowd) refused() int64 {
	var got metricdata.ResourceMetrics
	if err := c.metrics.Collect(context.Background(), &got); err != nil {
		c.Fatal(err)
	}
	for _, scope := range got.ScopeMetrics {
		for _, m := range scope.Metrics {
			if m.Name == "http.server.requests.refused" {
				return m.Data.(metricdata.Sum[int64]).DataPoints[0].Value
			}
		}
	}
	return 0
}

// Requests that are slow on an idle machine are not refused, however many there are, until they endanger the memory.
func TestSlowIsNotOverloaded(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := newCrowd(t)
		for _, n := range []int{50, 500, maxRunning} {
			if got := c.get(n, "/", nil); got != n {
				t.Errorf("%d of %d requests succeeded on an idle machine, want all", got, n)
			}
		}
		if got := c.get(maxRunning+100, "/", nil); got != maxRunning {
			t.Errorf("%d of %d requests succeeded, want %d", got, maxRunning+100, maxRunning)
		}
	})
}

// A busy moment is not an overload.
func TestBusyMoment(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := newCrowd(t)
		for range 3 {
			c.lag.Store(int64(time.Second))
			c.trickle(patience - 2*adjustEvery)
			if got := c.get(500, "/", nil); got != 500 {
				t.Errorf("%d of 500 requests succeeded in a busy moment, want all", got)
			}
			c.lag.Store(0)
			c.trickle(adjustEvery)
		}
	})
}

// On a busy machine what is too much is refused, without a span, and counted. Calls of other services and health probes pass.
// When the machine is idle again, all requests succeed within seconds. If it is busy again before that, it refuses without patience.
func TestShed(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := newCrowd(t)
		c.lag.Store(int64(maxLag + 1))
		c.trickle(patience)
		quick := len(c.spans.Spans())
		if got := c.get(100, "/", nil); got != minRunning {
			t.Errorf("%d of 100 requests succeeded on a busy machine, want %d", got, minRunning)
		}
		if got := len(c.spans.Spans()) - quick; got != minRunning {
			t.Errorf("got %d spans, want those of the %d requests that were accepted", got, minRunning)
		}
		if got := c.refused(); got != 100-minRunning {
			t.Errorf("the metric counts %d refused requests, want %d", got, 100-minRunning)
		}
		if got := c.get(100, "/", http.Header{timeoutHeader: {"5000"}}); got != 100 {
			t.Errorf("%d of 100 calls of another service succeeded, want all", got)
		}
		if got := c.get(100, "/livez", nil); got != 100 {
			t.Errorf("%d of 100 health probes succeeded, want all", got)
		}
		c.lag.Store(0)
		c.trickle(time.Second)
		c.lag.Store(int64(maxLag + 1))
		c.trickle(adjustEvery)
		if got := c.get(100, "/", nil); got != minRunning {
			t.Errorf("%d of 100 requests succeeded when the machine was busy again, want %d", got, minRunning)
		}
		c.lag.Store(0)
		c.trickle(4 * time.Second)
		if got := c.get(maxRunning, "/", nil); got != maxRunning {
			t.Errorf("%d of %d requests succeeded 4 s after the machine was busy, want all", got, maxRunning)
		}
	})
}

// A request that is being refused does not take the place of another.
func TestRefusalTakesNoPlace(t *testing.T) {
	synctest.Test(t, func(t *testing.T) { // so that it is not yet time to adjust the limit
		s := newShedder(spantest.New().Telemetry("things", io.Discard), func() time.Duration { return 0 }, http.NotFoundHandler())
		s.limit.Store(0)
		running := int64(-1)
		w := httptest.NewRecorder()
		s.ServeHTTP(beforeStatus{w, func() { running = s.running.Load() }}, httptest.NewRequest("GET", "/", nil))
		if w.Code != http.StatusServiceUnavailable || running != 0 {
			t.Errorf("got status %d with %d requests running, want 503 with none", w.Code, running)
		}
	})
}

type beforeStatus struct {
	http.ResponseWriter
	do func()
}

func (w beforeStatus) WriteHeader(status int) {
	w.do()
	w.ResponseWriter.WriteHeader(status)
}

// A service bounds what others call, too.
func TestShedInternal(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := newCrowd(t)
		if got := c.get(maxInternal+10, "/", http.Header{timeoutHeader: {"5000"}}); got != maxInternal {
			t.Errorf("%d calls succeeded, want %d", got, maxInternal)
		}
	})
}

// The lag is that of the slowest tenth of what was counted since the last call.
func TestPercentile90(t *testing.T) {
	buckets := []float64{0, 0.001, 0.01, 0.1, 1}
	for _, tt := range []struct {
		before, now []uint64
		want        time.Duration
	}{
		{[]uint64{0, 0, 0, 0}, []uint64{0, 0, 0, 0}, 0},
		{[]uint64{0, 0, 0, 0}, []uint64{90, 0, 10, 0}, 0},
		{[]uint64{0, 0, 0, 0}, []uint64{89, 0, 11, 0}, 10 * time.Millisecond},
		{[]uint64{0, 0, 11, 0}, []uint64{89, 0, 22, 0}, 10 * time.Millisecond},
		{[]uint64{0, 0, 0, 50}, []uint64{100, 0, 0, 50}, 0},
		{[]uint64{0, 0, 0, 0}, []uint64{0, 0, 0, 1}, 100 * time.Millisecond},
	} {
		h := &metrics.Float64Histogram{Counts: tt.now, Buckets: buckets}
		if got := percentile90(h, tt.before); got != tt.want {
			t.Errorf("from %v to %v: got %v, want %v", tt.before, tt.now, got, tt.want)
		}
	}
}

// The runtime has the histogram from which the lag is read.
func TestSchedulingLag(t *testing.T) {
	if got := schedulingLag()(); got < 0 || got > time.Minute {
		t.Errorf("got a lag of %v", got)
	}
}
