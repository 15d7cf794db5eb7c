package native

import (
	"fmt"
	"math"
	"net/http"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	sdktrace "go.opentelemetry.io/otel/sdk/trace"

	"spanwise/internal/rest"
	"spanwise/internal/sampling"
)

// probabilistic is a configuration that puts the Collector's sampler before its exporter.
const probabilistic = `
processors:
  probabilistic_sampler: {%s}
service:
  pipelines:
    traces: {processors: [memory_limiter, probabilistic_sampler]}
`

// The Collector's sampler goes by what the services' has written, except in its default mode, which drops what was sampled before: see
// findings/sampler-after-sampler.sh and docs/sampling.md.
func TestCollectorSamplers(t *testing.T) {
	const many = 1000
	always, half := sdktrace.AlwaysSample(), sampling.Probability(0.5)
	for _, test := range []struct {
		config  string
		sampler sdktrace.Sampler
		kept    float64 // of the traces
		known   bool    // whether the thresholds say so
	}{
		{"sampling_percentage: 100", always, 1, true},
		{"sampling_percentage: 100", half, 0, false},
		{"sampling_percentage: 100, fail_closed: false", half, 0.5, true},
		{"sampling_percentage: 20, mode: equalizing", always, 0.2, true},
		{"sampling_percentage: 20, mode: equalizing", half, 0.2, true},
		{"sampling_percentage: 20, mode: proportional", half, 0.1, true},
		// The SDK's own sampler writes no threshold, so that half of the traces looks like all of them.
		{"sampling_percentage: 20, mode: equalizing", sdktrace.TraceIDRatioBased(0.5), 0.1, false},
	} {
		t.Run(fmt.Sprintf("%s after %s", test.config, test.sampler.Description()), func(t *testing.T) {
			s, p := scratch(t)
			file := filepath.Join(t.TempDir(), "sampler.yaml")
			if err := os.WriteFile(file, fmt.Appendf(nil, probabilistic, test.config), 0o600); err != nil {
				t.Fatal(err)
			}
			p.Args = append(p.Args, "--config", file)
			store := listen(t, s.Addr(jaegerOTLP))
			run := &Run{Settings: s, console: NewConsole(t.Output(), false), exited: make(chan *Process, 1)}
			if err := run.start(t.Context(), p); err != nil {
				t.Fatal(err)
			}
			send(t, s.Addr(collectorOTLP), many, sdktrace.ParentBased(test.sampler))
			if err := run.Stop(t.Context()); err != nil {
				t.Error(err)
			}
			store.mu.Lock()
			defer store.mu.Unlock()
			deviation := math.Sqrt(many * test.kept * (1 - test.kept))
			if got, want := float64(len(store.spans)), (many+2)*test.kept; math.Abs(got-want) > 5*deviation {
				t.Errorf("got %v traces, want about %.0f", got, want)
			}
			known := math.Abs(store.standFor/2-many) < many/4
			if known != test.known {
				t.Errorf("the thresholds say that there were %.0f traces of %d, want them to be right: %v", store.standFor/2, many, test.known)
			}
		})
	}
}

// The metrics that the Collector makes of spans count a sampled span as often as its threshold says.
func TestSpanMetricsAreWeighed(t *testing.T) {
	const many = 1000
	s, p := scratch(t)
	p.Args = append(p.Args, "--config", s.file("deploy/metrics/collector.yaml"))
	listen(t, s.Addr(jaegerOTLP))
	run := &Run{Settings: s, console: NewConsole(t.Output(), false), exited: make(chan *Process, 1)}
	if err := run.start(t.Context(), p); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(run.Kill)
	send(t, s.Addr(collectorOTLP), many, sdktrace.ParentBased(sampling.Probability(0.1)))
	calls := 0.0
	for calls == 0 { // the connector passes its metrics on every 5 s
		select {
		case <-t.Context().Done():
			t.Fatal("no metrics of spans")
		case <-time.After(pollEvery):
		}
		text, err := rest.Fetch(t.Context(), http.DefaultClient, s.URL(collectorMetrics)+"/metrics")
		if err != nil {
			t.Fatal(err)
		}
		for line := range strings.Lines(string(text)) {
			if strings.HasPrefix(line, "traces_span_metrics_calls_total{") {
				n, err := strconv.ParseFloat(strings.Fields(line[strings.LastIndexByte(line, '}')+1:])[0], 64)
				if err != nil {
					t.Fatal(err)
				}
				calls += n
			}
		}
	}
	// 2 spans of each trace, of which a tenth is kept: 2004 with a standard deviation of 190.
	if math.Abs(calls-2*(many+2)) > 5*190 {
		t.Errorf("got %.0f calls, want about %d", calls, 2*(many+2))
	}
}
