package telemetry

import (
	"context"
	"os"
	"time"

	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/exporters/otlp/otlpmetric/otlpmetricgrpc"
	sdkmetric "go.opentelemetry.io/otel/sdk/metric"
	"go.opentelemetry.io/otel/sdk/resource"
	semconv "go.opentelemetry.io/otel/semconv/v1.43.0"
)

// metricInterval is how often metrics are sent. With the SDK's default of a minute, the rate over a minute is unknown
// most of the time, because it needs two samples.
const metricInterval = 15 * time.Second

// startMetrics returns a provider that sends metrics to the collector.
func startMetrics(ctx context.Context, res *resource.Resource) (*sdkmetric.MeterProvider, error) {
	opts := []otlpmetricgrpc.Option{
		otlpmetricgrpc.WithTimeout(5 * time.Second),
		otlpmetricgrpc.WithDialOption(dialOptions()...),
	}
	if useDefaultEndpoint("OTEL_EXPORTER_OTLP_METRICS_ENDPOINT") {
		opts = append(opts, otlpmetricgrpc.WithInsecure())
	}
	exporter, err := otlpmetricgrpc.New(ctx, opts...)
	if err != nil {
		return nil, err
	}
	return newMeterProvider(exporter, res), nil
}

func newMeterProvider(exporter sdkmetric.Exporter, res *resource.Resource) *sdkmetric.MeterProvider {
	var opts []sdkmetric.PeriodicReaderOption
	if os.Getenv("OTEL_METRIC_EXPORT_INTERVAL") == "" { // an option would take precedence over the variable
		opts = append(opts, sdkmetric.WithInterval(metricInterval))
	}
	return sdkmetric.NewMeterProvider(
		sdkmetric.WithResource(res),
		sdkmetric.WithReader(sdkmetric.NewPeriodicReader(exporter, opts...)),
		sdkmetric.WithView(withoutHost),
	)
}

// withoutHost removes the address of the server from a server's metrics. It comes from the Host header, so a client could
// create a new time series with every request.
var withoutHost = sdkmetric.NewView(
	sdkmetric.Instrument{Name: "http.server.*"},
	sdkmetric.Stream{AttributeFilter: attribute.NewDenyKeysFilter(semconv.ServerAddressKey, semconv.ServerPortKey)})
