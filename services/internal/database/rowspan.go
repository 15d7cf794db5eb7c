package database

import (
	"context"

	semconv "go.opentelemetry.io/otel/semconv/v1.43.0"
	"go.opentelemetry.io/otel/trace"
)

// otelsql ends the span of a query when its first row can be read, so that reading a million rows would be in no span.
// Here the span ends after the last row, and has the number of rows: otelsql gets a provider whose spans ignore End if
// the context has a reading, which ends them.

// A reading is the spans of a query whose rows are being read. There are several if a connection turned out to be dead.
type reading struct{ spans []trace.Span }

type readingKey struct{}

func withReading(ctx context.Context) (context.Context, *reading) {
	r := new(reading)
	return context.WithValue(ctx, readingKey{}, r), r
}

// returned sets the number of rows.
func (r *reading) returned(rows int) {
	for _, s := range r.spans {
		s.SetAttributes(semconv.DBResponseReturnedRows(rows))
	}
}

func (r *reading) end() {
	for _, s := range r.spans {
		s.End()
	}
}

// rowSpans is a provider of spans that a reading ends.
type rowSpans struct{ trace.TracerProvider }

func (p rowSpans) Tracer(name string, opts ...trace.TracerOption) trace.Tracer {
	return rowTracer{p.TracerProvider.Tracer(name, opts...)}
}

type rowTracer struct{ trace.Tracer }

func (t rowTracer) Start(ctx context.Context, name string, opts ...trace.SpanStartOption) (context.Context, trace.Span) {
	ctx, span := t.Tracer.Start(ctx, name, opts...)
	r, ok := ctx.Value(readingKey{}).(*reading)
	if !ok || name == connectName {
		return ctx, span
	}
	r.spans = append(r.spans, span)
	return ctx, rowSpan{span}
}

type rowSpan struct{ trace.Span }

func (rowSpan) End(...trace.SpanEndOption) {}
