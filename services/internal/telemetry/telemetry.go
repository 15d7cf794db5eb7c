// Package telemetry sets up the OpenTelemetry SDK for a service: traces, metrics and logs go over OTLP to a collector.
// Logs also go to standard error, with the ids of their trace. Call [Start] when the service starts and [Telemetry.Shutdown]
// after its last request:
//
//	tel, err := telemetry.Start(ctx, telemetry.Config{Service: "books"})
//	…
//	err = tel.Shutdown(ctx)
//
// The folder depends on nothing else in its repository, so it can be copied into another service as it is. The SDK
// reads the rest of its configuration from the environment: OTEL_EXPORTER_OTLP_ENDPOINT (by default a collector on
// localhost:4317), OTEL_SERVICE_NAME, OTEL_RESOURCE_ATTRIBUTES, OTEL_TRACES_SAMPLER, and so on. With OTEL_SDK_DISABLED=true
// there is no telemetry, and logs go only to standard error.
package telemetry

import (
	"context"
	"fmt"
	"log/slog"
	"os"
	"time"

	"github.com/google/uuid"
	"go.opentelemetry.io/contrib/instrumentation/runtime"
	"go.opentelemetry.io/otel"
	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/metric"
	"go.opentelemetry.io/otel/propagation"
	"go.opentelemetry.io/otel/sdk/resource"
	sdktrace "go.opentelemetry.io/otel/sdk/trace"
	semconv "go.opentelemetry.io/otel/semconv/v1.43.0"
	"go.opentelemetry.io/otel/trace"
)

// flushTimeout limits how long Shutdown waits for an unreachable collector.
const flushTimeout = 10 * time.Second

// A Config describes a service. Only Service is required; the environment takes precedence over it and Attributes.
type Config struct {
	Service    string               // its service.name
	Attributes []attribute.KeyValue // its other resource attributes, such as service.namespace

	Sampler  sdktrace.Sampler // if not nil, it takes the place of OTEL_TRACES_SAMPLER
	LogLevel slog.Level       // of what is logged on standard error; INFO unless set

	// WrapProcessor, if not nil, returns the span processor to use in place of next, which exports spans. The result
	// may change spans but must pass every span on: a span that does not reach next is reported as lost.
	WrapProcessor func(next sdktrace.SpanProcessor) sdktrace.SpanProcessor
}

// A Telemetry holds a service's tracer and meter providers, its propagator and its logger. A test can fill in its
// own, for example to record spans in memory; Shutdown then does nothing.
type Telemetry struct {
	Traces     trace.TracerProvider
	Metrics    metric.MeterProvider
	Propagator propagation.TextMapPropagator
	Log        *slog.Logger

	disabled bool
	stop     func(context.Context) error
}

// Propagator returns a propagator for the W3C headers of trace context and baggage.
func Propagator() propagation.TextMapPropagator {
	return propagation.NewCompositeTextMapPropagator(propagation.TraceContext{}, propagation.Baggage{})
}

// Start sets up telemetry for a service, or returns [Disabled] telemetry if OTEL_SDK_DISABLED is true. It does not wait for a
// collector. A sampler or an address that the SDK would not understand is an error. The providers and the propagator also become
// OpenTelemetry's global ones, for instrumentation that is not given any.
func Start(ctx context.Context, c Config) (*Telemetry, error) {
	disabled, err := isDisabled(os.Getenv)
	if err != nil {
		return nil, err
	}
	if disabled {
		return Disabled(slog.New(slog.NewTextHandler(os.Stderr, &slog.HandlerOptions{Level: c.LogLevel}))), nil
	}
	if err := CheckSampler(os.Getenv); err != nil {
		return nil, err
	}
	if err := checkEndpoints(os.Getenv); err != nil {
		return nil, err
	}
	// local is for this package's own records: to send a record about a failed export would make the next one.
	local := slog.New(withTrace{slog.NewTextHandler(os.Stderr, &slog.HandlerOptions{Level: c.LogLevel})})
	// Without an instance id, the metrics of replicas overwrite each other. The environment can set a lasting one.
	res, err := resource.New(ctx,
		resource.WithAttributes(semconv.ServiceName(c.Service), semconv.ServiceInstanceID(uuid.NewString())),
		resource.WithAttributes(c.Attributes...),
		resource.WithHost(), resource.WithProcessPID(), resource.WithTelemetrySDK(), resource.WithFromEnv())
	if err != nil {
		return nil, fmt.Errorf("describe this process to OpenTelemetry (see OTEL_RESOURCE_ATTRIBUTES): %w", err)
	}
	traces, count, err := startTraces(ctx, c, res, local)
	if err != nil {
		return nil, err
	}
	metrics, err := startMetrics(ctx, res)
	if err != nil {
		return nil, err
	}
	logs, records, err := startLogs(ctx, res)
	if err != nil {
		return nil, err
	}
	if err := runtime.Start(runtime.WithMeterProvider(metrics)); err != nil {
		return nil, err
	}
	otel.SetErrorHandler(otel.ErrorHandlerFunc(func(err error) { local.Warn("telemetry", "error", err) }))
	otel.SetTracerProvider(traces)
	otel.SetMeterProvider(metrics)
	otel.SetTextMapPropagator(Propagator())
	stop := func(ctx context.Context) error {
		err := traces.Shutdown(ctx)
		if err := metrics.Shutdown(ctx); err != nil {
			local.Warn("the last metrics were not delivered", "error", err)
		}
		if lost := records.err(logs.Shutdown(ctx)); lost != nil {
			local.Warn("log records were not delivered", "error", lost)
		}
		if lost := count.err(err); lost != nil {
			return lost
		}
		return err
	}
	log := slog.New(slog.NewMultiHandler(local.Handler(), newExportHandler(logs)))
	return &Telemetry{Traces: traces, Metrics: metrics, Propagator: Propagator(), Log: log, stop: stop}, nil
}

// Shutdown sends what is still queued, for at most 10 seconds, and returns an error that counts the spans that were
// lost since Start. It ignores the cancellation of ctx, which is usually what ended the service.
func (t *Telemetry) Shutdown(ctx context.Context) error {
	if t.stop == nil {
		return nil
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), flushTimeout)
	defer cancel()
	return t.stop(ctx)
}
