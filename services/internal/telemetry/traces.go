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
)

// By default the SDK gives up on a batch after 10 s and queues 2,048 spans, so it silently loses most traces if the
// collector is away for 15 s. These values last for minutes under full load.
const (
	exportTimeout = 5 * time.Minute // for one batch, including all retries
	batchDelay    = 200 * time.Millisecond
	queueSize     = 131_072 // spans
)

// startTraces returns a provider that sends spans to the collector in batches, and the count of what became of them.
func startTraces(ctx context.Context, c Config, res *resource.Resource, log *slog.Logger) (*sdktrace.TracerProvider, *spanCount, error) {
	count := new(spanCount)
	opts := []otlptracegrpc.Option{
		otlptracegrpc.WithTimeout(exportTimeout),
		otlptracegrpc.WithRetry(otlptracegrpc.RetryConfig{
			Enabled: true, InitialInterval: 200 * time.Millisecond, MaxInterval: 2 * time.Second,
			MaxElapsedTime: 0, // no limit but exportTimeout
		}),
		otlptracegrpc.WithDialOption(dialOptions()...),
		otlptracegrpc.WithDialOption(grpc.WithChainUnaryInterceptor(countRejected(count, log))),
	}
	if useDefaultEndpoint("OTEL_EXPORTER_OTLP_TRACES_ENDPOINT") {
		opts = append(opts, otlptracegrpc.WithInsecure())
	}
	exporter, err := otlptracegrpc.New(ctx, opts...)
	if err != nil {
		return nil, nil, err
	}
	export := sdktrace.NewBatchSpanProcessor(countDelivered{validUTF8{exporter}, count, log},
		sdktrace.WithBatchTimeout(batchDelay),
		sdktrace.WithExportTimeout(exportTimeout),
		sdktrace.WithMaxQueueSize(queueSize))
	if c.WrapProcessor != nil {
		export = c.WrapProcessor(export)
	}
	provider := []sdktrace.TracerProviderOption{
		sdktrace.WithResource(res),
		sdktrace.WithSpanProcessor(countEnded{count}), // first, because export may drop spans
		sdktrace.WithSpanProcessor(export),
	}
	if c.Sampler != nil {
		provider = append(provider, sdktrace.WithSampler(c.Sampler))
	}
	return sdktrace.NewTracerProvider(provider...), count, nil
}

// dialOptions make a connection notice a dead peer, and recover within seconds of the collector's return.
func dialOptions() []grpc.DialOption {
	reconnect := backoff.DefaultConfig
	reconnect.MaxDelay = 2 * time.Second
	return []grpc.DialOption{
		grpc.WithConnectParams(grpc.ConnectParams{Backoff: reconnect, MinConnectTimeout: 2 * time.Second}),
		grpc.WithKeepaliveParams(keepalive.ClientParameters{Time: 10 * time.Second, Timeout: 5 * time.Second}),
	}
}
