package rest

import (
	"context"

	"go.opentelemetry.io/otel/codes"
	sdktrace "go.opentelemetry.io/otel/sdk/trace"
	"go.opentelemetry.io/otel/trace"
)

// markFailed marks a request and its server span as failed, with the reason that the log has too.
func markFailed(ctx context.Context, reason string) {
	stateOf(ctx).failed = true
	trace.SpanFromContext(ctx).SetStatus(codes.Error, reason)
}

// hasFailed reports whether a span is marked as failed.
func hasFailed(span trace.Span) bool {
	s, ok := span.(interface{ Status() sdktrace.Status })
	return ok && s.Status().Code == codes.Error
}

// reasons is a provider of spans that keep the reason of a failure. When a handler has returned, otelhttp sets the status of
// the span from that of the answer, without a reason.
type reasons struct{ trace.TracerProvider }

func (p reasons) Tracer(name string, opts ...trace.TracerOption) trace.Tracer {
	return reasonTracer{p.TracerProvider.Tracer(name, opts...)}
}

type reasonTracer struct{ trace.Tracer }

func (t reasonTracer) Start(ctx context.Context, name string, opts ...trace.SpanStartOption) (context.Context, trace.Span) {
	ctx, span := t.Tracer.Start(ctx, name, opts...)
	return ctx, reasonSpan{span}
}

type reasonSpan struct{ trace.Span }

func (s reasonSpan) SetStatus(code codes.Code, reason string) {
	if reason == "" && hasFailed(s.Span) {
		return
	}
	s.Span.SetStatus(code, reason)
}
