// Package telemetry sets the OpenTelemetry SDK up once for a service: traces and metrics over OTLP to a
// collector, logs to standard error with the trace they belong to. Call [Start] first thing in run and
// [Telemetry.Shutdown] last thing before the database closes.
//
// Nothing is global: whoever makes spans gets a Telemetry. What the SDK reads itself
// (OTEL_EXPORTER_OTLP_ENDPOINT, OTEL_SERVICE_NAME, OTEL_TRACES_SAMPLER, …) is left to it.
package telemetry

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"time"

	"go.opentelemetry.io/contrib/instrumentation/runtime"
	"go.opentelemetry.io/otel"
	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/metric"
	"go.opentelemetry.io/otel/propagation"
	"go.opentelemetry.io/otel/sdk/resource"
	semconv "go.opentelemetry.io/otel/semconv/v1.43.0"
	"go.opentelemetry.io/otel/trace"
)

// flushTimeout bounds what an exit waits for a collector that is away.
const flushTimeout = 10 * time.Second

// A Telemetry is what a service needs to be seen.
type Telemetry struct {
	Traces     trace.TracerProvider
	Metrics    metric.MeterProvider
	Propagator propagation.TextMapPropagator
	Log        *slog.Logger

	stop func(context.Context) error
}

// Propagator carries trace context and baggage in the W3C's headers.
func Propagator() propagation.TextMapPropagator {
	return propagation.NewCompositeTextMapPropagator(propagation.TraceContext{}, propagation.Baggage{})
}

// Start sets telemetry up for a service, whose name OTEL_SERVICE_NAME may change. It does not wait for a collector.
func Start(ctx context.Context, service string, getenv func(string) string, stderr io.Writer) (*Telemetry, error) {
	log := slog.New(withTrace{slog.NewTextHandler(stderr, nil)})
	otel.SetErrorHandler(otel.ErrorHandlerFunc(func(err error) { log.Warn("telemetry", "error", err) }))

	res, err := resource.New(ctx,
		resource.WithAttributes(semconv.ServiceName(service), attribute.String("service.namespace", "shop")),
		resource.WithHost(), resource.WithProcessPID(), resource.WithTelemetrySDK(), resource.WithFromEnv())
	if err != nil {
		return nil, fmt.Errorf("describe this process to OpenTelemetry (see OTEL_RESOURCE_ATTRIBUTES): %w", err)
	}
	traces, count, err := startTraces(ctx, service, res, getenv, log)
	if err != nil {
		return nil, err
	}
	metrics, err := startMetrics(ctx, res, getenv)
	if err != nil {
		return nil, err
	}
	if err := runtime.Start(runtime.WithMeterProvider(metrics)); err != nil {
		return nil, err
	}
	stop := func(ctx context.Context) error {
		err := traces.Shutdown(ctx)
		if err := metrics.Shutdown(ctx); err != nil {
			log.Warn("the last metrics were not delivered", "error", err)
		}
		if lost := count.err(err); lost != nil {
			return lost
		}
		return err
	}
	return &Telemetry{Traces: traces, Metrics: metrics, Propagator: Propagator(), Log: log, stop: stop}, nil
}

// Shutdown sends what is still queued and reports every span that could not be delivered.
// It works on a ctx that is already done, as it is when a service was told to stop.
func (t *Telemetry) Shutdown(ctx context.Context) error {
	if t.stop == nil {
		return nil
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), flushTimeout)
	defer cancel()
	return t.stop(ctx)
}
