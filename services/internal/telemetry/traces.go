package telemetry

import (
	"context"
	"log/slog"
	"time"

	"go.opentelemetry.io/otel/exporters/otlp/otlptrace/otlptracegrpc"
	"go.opentelemetry.io/otel/sdk/resource"
	sdktrace "go.opentelemetry.io/otel/sdk/trace"
	"google.golang.org/grpc"
	"google.golang.org/grpc/backoff"
	"google.golang.org/grpc/keepalive"

	"spanwise/internal/fault"
)

// The SDK's defaults give a batch up after 10 s and hold 2,048 spans: a collector that is away for a quarter
// of a minute then costs most traces, silently. These hold out for minutes of full load instead.
const (
	exportTimeout = 5 * time.Minute // over all retries of one batch
	batchDelay    = 200 * time.Millisecond
	queueSize     = 131_072 // spans
)

// startTraces returns a provider that batches spans to the collector, and the tally of what became of them.
func startTraces(ctx context.Context, service string, res *resource.Resource, getenv func(string) string, log *slog.Logger) (*sdktrace.TracerProvider, *tally, error) {
	opts := []otlptracegrpc.Option{
		otlptracegrpc.WithTimeout(exportTimeout),
		otlptracegrpc.WithRetry(otlptracegrpc.RetryConfig{
			Enabled: true, InitialInterval: 200 * time.Millisecond, MaxInterval: 2 * time.Second,
			MaxElapsedTime: 0, // without end
		}),
		otlptracegrpc.WithDialOption(dialOptions()...),
	}
	if insecure(getenv, "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT") {
		opts = append(opts, otlptracegrpc.WithInsecure())
	}
	exporter, err := otlptracegrpc.New(ctx, opts...)
	if err != nil {
		return nil, nil, err
	}
	count := new(tally)
	provider := sdktrace.NewTracerProvider(
		sdktrace.WithResource(res),
		sdktrace.WithSpanProcessor(countEnded{count}),
		sdktrace.WithSpanProcessor(fault.Clock(service, sdktrace.NewBatchSpanProcessor(countDelivered{textOnly{exporter}, count, log},
			sdktrace.WithBatchTimeout(batchDelay),
			sdktrace.WithExportTimeout(exportTimeout),
			sdktrace.WithMaxQueueSize(queueSize)))),
	)
	return provider, count, nil
}

// dialOptions let a connection come back within seconds of its collector, and notice when it died silently.
func dialOptions() []grpc.DialOption {
	again := backoff.DefaultConfig
	again.MaxDelay = 2 * time.Second
	return []grpc.DialOption{
		grpc.WithConnectParams(grpc.ConnectParams{Backoff: again, MinConnectTimeout: 2 * time.Second}),
		grpc.WithKeepaliveParams(keepalive.ClientParameters{Time: 10 * time.Second, Timeout: 5 * time.Second}),
	}
}

// insecure reports that no endpoint was named, so that the exporter's default address applies. The
// OpenTelemetry specification makes that http://localhost:4317; Go's exporter would speak TLS to it.
func insecure(getenv func(string) string, signal string) bool {
	return getenv(signal) == "" && getenv("OTEL_EXPORTER_OTLP_ENDPOINT") == ""
}
