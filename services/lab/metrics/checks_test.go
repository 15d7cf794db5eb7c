//go:build unix

package metrics

import (
	"context"
	"encoding/json"
	"fmt"
	"math"
	"net/http"
	"net/url"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"spanwise/doctor/trace"
	"spanwise/lab/jaeger"
	"spanwise/lab/logs"
	"spanwise/lab/native"
)

// A panel is one of the dashboard's.
type panel struct {
	ID, Title, Expr, Exemplars string
	Labels                     []string
}

func panels(t *testing.T) []panel {
	t.Helper()
	text, err := os.ReadFile(root + "/deploy/metrics/consoles/index.html")
	if err != nil {
		t.Fatal(err)
	}
	found := regexp.MustCompile(`(?s)<script type="application/json" id="panels">(.*?)</script>`).FindSubmatch(text)
	if found == nil {
		t.Fatal("the dashboard has no panels")
	}
	var all []panel
	if err := json.Unmarshal(found[1], &all); err != nil {
		t.Fatal(err)
	}
	return all
}

// dashboard checks that Prometheus serves the dashboard with Jaeger's address in it, and that each of its panels shows
// figures with the labels that name them.
func (s system) dashboard(t *testing.T) {
	page, _ := get(t.Context(), s.run.URL(native.PrometheusPort)+"/consoles/index.html")
	if want := "data-jaeger='" + s.run.Shown(native.JaegerPort) + "'"; !strings.Contains(string(page), want) {
		t.Errorf("the page has no %s:\n%.2000s", want, page)
	}
	all := panels(t)
	if len(all) < 8 {
		t.Errorf("got %d panels, want at least 8", len(all))
	}
	for _, p := range all {
		var samples []sample
		s.await(t, p.ID+" has figures", func() bool {
			samples = slices.DeleteFunc(s.query(t, p.Expr), func(x sample) bool { return math.IsNaN(x.value) })
			return len(samples) > 0
		})
		for _, label := range p.Labels {
			if !slices.ContainsFunc(samples, func(x sample) bool { return x.labels[label] != "" }) {
				t.Errorf("%s: no series has the label %s: %v", p.ID, label, samples)
			}
		}
	}
}

// exemplars checks that each panel with exemplars has some, and that their traces are in Jaeger.
func (s system) exemplars(t *testing.T) {
	traces := jaeger.New(s.run.URL(native.JaegerPort), http.DefaultTransport)
	for _, p := range panels(t) {
		if p.Exemplars == "" {
			continue
		}
		now := time.Now()
		query := url.Values{"query": {p.Exemplars}, "start": {fmt.Sprint(now.Add(-5 * time.Minute).Unix())}, "end": {fmt.Sprint(now.Unix())}}
		var series []struct {
			Exemplars []struct{ Labels map[string]string }
		}
		s.await(t, p.ID+" has exemplars", func() bool {
			s.api(t, "query_exemplars", query, &series)
			return len(series) > 0
		})
		for _, one := range series {
			id := one.Exemplars[0].Labels["trace_id"]
			s.await(t, "Jaeger has the exemplar's trace "+id, func() bool {
				found, err := traces.Trace(t.Context(), id)
				return err == nil && len(found.Spans) > 0
			})
		}
	}
}

// monitor checks that Jaeger answers what its Monitor page asks.
func (s system) monitor(t *testing.T) {
	for _, kind := range []string{"calls", "errors", "latencies"} {
		s.await(t, "Jaeger has a figure of the "+kind+" of GET /orders/{id}", func() bool { return s.monitored(t, kind) > 0 })
	}
}

// monitored returns the largest figure that the Monitor page shows of GET /orders/{id} in the last minute.
func (s system) monitored(t *testing.T, kind string) (largest float64) {
	t.Helper()
	query := url.Values{"service": {"order"}, "quantile": {"0.95"}, "endTs": {fmt.Sprint(time.Now().UnixMilli())}, "lookback": {"60000"},
		"step": {"5000"}, "ratePer": {"60000"}, "spanKind": {"server"}, "groupByOperation": {"true"}}
	body, _ := get(t.Context(), s.run.URL(native.JaegerPort)+"/api/metrics/"+kind+"?"+query.Encode())
	var answer struct {
		Metrics []struct {
			Labels       []struct{ Name, Value string }
			MetricPoints []struct{ GaugeValue struct{ DoubleValue float64 } }
		}
	}
	if err := json.Unmarshal(body, &answer); err != nil {
		t.Fatalf("%s: %v in %s", kind, err, body)
	}
	for _, m := range answer.Metrics {
		if slices.ContainsFunc(m.Labels, func(l struct{ Name, Value string }) bool { return l.Value == "GET /orders/{id}" }) {
			for _, p := range m.MetricPoints {
				largest = max(largest, p.GaugeValue.DoubleValue)
			}
		}
	}
	return largest
}

// common are the labels that every metric has, or every metric made of spans. foreign are names that are not the services'.
var (
	common  = regexp.MustCompile(`^(__name__|job|instance|le|otel_scope_\w+|service_name)$`)
	foreign = regexp.MustCompile(`^(up|scrape_\w+|ALERTS\w*|target_info|otelcol_\w+|jaeger_storage_\w+|promhttp_\w+)$`)
	part    = regexp.MustCompile(`(_seconds|_milliseconds|_bytes)(_bucket|_count|_sum)$`) // of a histogram
)

// names checks that docs/metrics.md lists exactly the metrics of the services and of their spans, with their labels.
func (s system) names(t *testing.T) {
	documented := documentedNames(t)
	var series []map[string]string
	s.api(t, "series", url.Values{"match[]": {`{__name__!=""}`}}, &series)
	scraped := make(map[string]map[string]bool)
	for _, labels := range series {
		name := part.ReplaceAllString(labels["__name__"], "$1")
		if foreign.MatchString(name) {
			continue
		}
		if scraped[name] == nil {
			scraped[name] = make(map[string]bool)
		}
		for label := range labels {
			if !common.MatchString(label) {
				scraped[name][label] = true
			}
		}
		if documented[name]["error_type"] {
			scraped[name]["error_type"] = true // whether or not there was an error
		}
	}
	if diff := cmp.Diff(documented, scraped); diff != "" {
		t.Errorf("metrics and their labels (-docs/metrics.md +scraped):\n%s", diff)
	}
}

// documentedNames returns the labels of each metric in the tables of docs/metrics.md.
func documentedNames(t *testing.T) map[string]map[string]bool {
	t.Helper()
	text, err := os.ReadFile(root + "/docs/metrics.md")
	if err != nil {
		t.Fatal(err)
	}
	all := make(map[string]map[string]bool)
	for _, row := range regexp.MustCompile("(?m)^\\| `([a-z_]+)` \\|([^|]*)\\|").FindAllStringSubmatch(string(text), -1) {
		labels := make(map[string]bool)
		for _, label := range regexp.MustCompile("`([a-z_]+)`").FindAllStringSubmatch(row[2], -1) {
			labels[label[1]] = true
		}
		all[row[1]] = labels
	}
	return all
}

// logs checks that the reason of a refused request reaches the lab, with the trace and a span of it.
func (s system) logs(t *testing.T) {
	_, header := get(t.Context(), s.run.URL(native.OrderPort)+"/orders/99999")
	trace, _ := jaeger.TraceID(header)
	var answer struct{ Lines []logs.Line }
	s.await(t, "the lab has the trace's log", func() bool {
		body, _ := get(t.Context(), s.run.URL(native.LabPort)+"/logs/"+trace)
		return json.Unmarshal(body, &answer) == nil && len(answer.Lines) > 0
	})
	got := answer.Lines[0]
	if len(answer.Lines) != 1 || got.Service != "order" || got.Message != "request refused" || got.Trace != trace || len(got.Span) != 16 ||
		!strings.Contains(got.Attrs["exception.message"], "no such order: 99999") {
		t.Errorf("got %+v, want one line of order with the reason", answer.Lines)
	}
}

// edge checks that a trace counts once, at its edge: order's span if the root is a span of a caller elsewhere, and
// inventory's span only if it is asked directly.
func (s system) edge(t *testing.T) {
	count := func(labels string) (total float64) {
		for _, x := range s.query(t, "trace_calls_total{"+labels+"}") {
			total += x.value
		}
		return total
	}
	req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, s.run.URL(native.OrderPort)+"/orders?limit=1", nil)
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Traceparent", "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01")
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	resp.Body.Close()
	get(t.Context(), s.run.URL(native.InventoryPort)+"/stock/sku-1")
	const lists, inventory, pricing = `span_name="GET /orders"`, `service_name="inventory"`, `service_name="pricing"`
	s.await(t, "both requests are counted", func() bool { return count(lists) > 0 && count(inventory) > 0 })
	if count(lists) != 1 || count(inventory) != 1 || count(pricing) != 0 {
		t.Errorf("got %v lists and %v and %v traces that begin in inventory and pricing, want 1, 1 and 0", count(lists), count(inventory), count(pricing))
	}
}

// withoutLab checks that spans reach Jaeger while the Collector cannot deliver logs.
func (s system) withoutLab(t *testing.T) {
	if err := s.run.Process(native.Lab).Kill(); err != nil {
		t.Fatal(err)
	}
	traces := jaeger.New(s.run.URL(native.JaegerPort), http.DefaultTransport)
	queued := `otelcol_exporter_queue_size{data_type="logs"} > 0`
	s.await(t, "logs wait for the lab, and a trace does not", func() bool {
		_, header := get(t.Context(), s.run.URL(native.OrderPort)+"/orders/99999")
		id, _ := jaeger.TraceID(header)
		ctx, cancel := context.WithTimeout(t.Context(), patience)
		defer cancel()
		if _, err := traces.Await(ctx, id, func(found *trace.Trace) bool { return len(found.Spans) > 0 }); err != nil {
			t.Fatal(err)
		}
		return len(s.query(t, queued)) > 0
	})
}
