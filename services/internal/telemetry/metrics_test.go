package telemetry

import (
	"context"
	"fmt"
	"testing"
	"testing/synctest"
	"time"

	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/metric"
	sdkmetric "go.opentelemetry.io/otel/sdk/metric"
	"go.opentelemetry.io/otel/sdk/metric/metricdata"
	"go.opentelemetry.io/otel/sdk/resource"
)

// Metrics are sent every 15 s, so that a rate over a minute has enough samples; OTEL_METRIC_EXPORT_INTERVAL changes that.
func TestMetricInterval(t *testing.T) {
	for env, want := range map[string]int{"": 4, "30000": 2, "5000": 12} {
		t.Setenv("OTEL_METRIC_EXPORT_INTERVAL", env)
		synctest.Test(t, func(t *testing.T) {
			exporter := new(metricExporter)
			provider := newMeterProvider(exporter, resource.Empty())
			time.Sleep(time.Minute + time.Millisecond)
			synctest.Wait()
			if got := len(exporter.sent); got != want {
				t.Errorf("OTEL_METRIC_EXPORT_INTERVAL=%s: got %d exports in a minute, want %d", env, got, want)
			}
			provider.Shutdown(t.Context())
		})
	}
}

// The Host headers of clients do not make time series: a server's metrics have no server.address. A client's metrics have,
// because it chooses the addresses itself.
func TestHostMakesNoSeries(t *testing.T) {
	exporter := new(metricExporter)
	provider := newMeterProvider(exporter, resource.Empty())
	for name, want := range map[string]int{"http.server.request.duration": 1, "http.server.response.body.size": 1, "http.client.request.duration": 200} {
		histogram, err := provider.Meter("").Float64Histogram(name)
		if err != nil {
			t.Fatal(err)
		}
		for i := range 200 {
			histogram.Record(t.Context(), 1, metric.WithAttributes(attribute.String("http.route", "/orders/{id}"),
				attribute.String("server.address", fmt.Sprintf("host-%d.example", i)), attribute.Int("server.port", i)))
		}
		provider.ForceFlush(t.Context())
		points := exporter.points(name)
		if len(points) != want {
			t.Errorf("%s: got %d series, want %d", name, len(points), want)
		}
		if _, ok := points[0].Attributes.Value("http.route"); !ok {
			t.Errorf("%s: got the attributes %v, want http.route among them", name, points[0].Attributes)
		}
	}
}

// A metricExporter keeps copies of the histograms that it gets.
type metricExporter struct {
	sent []map[string][]metricdata.HistogramDataPoint[float64]
}

func (e *metricExporter) Export(_ context.Context, rm *metricdata.ResourceMetrics) error {
	sent := make(map[string][]metricdata.HistogramDataPoint[float64])
	for _, scope := range rm.ScopeMetrics {
		for _, m := range scope.Metrics {
			if h, ok := m.Data.(metricdata.Histogram[float64]); ok {
				sent[m.Name] = append(sent[m.Name], h.DataPoints...)
			}
		}
	}
	e.sent = append(e.sent, sent)
	return nil
}

func (e *metricExporter) points(name string) []metricdata.HistogramDataPoint[float64] {
	return e.sent[len(e.sent)-1][name]
}

func (*metricExporter) Temporality(k sdkmetric.InstrumentKind) metricdata.Temporality {
	return sdkmetric.DefaultTemporalitySelector(k)
}
func (*metricExporter) Aggregation(k sdkmetric.InstrumentKind) sdkmetric.Aggregation {
	return sdkmetric.DefaultAggregationSelector(k)
}
func (*metricExporter) ForceFlush(context.Context) error { return nil }
func (*metricExporter) Shutdown(context.Context) error   { return nil }
