package database

import (
	"context"

	semconv "go.opentelemetry.io/otel/semconv/v1.43.0"
	"go.opentelemetry.io/otel/trace"
)

// otelsql ends the span of a query when its first row can be read. Here it lasts until the last row was, and tells how
// many there were: reading a million rows would be dark otherwise. So the provider that otelsql gets hands out
// spans whose end is put off, in requests whose context holds a place to keep them.

// A reading is the spans of a query whose rows are being read. There are several if a connection was found dead.
type reading struct{ spans []trace.Span }

type readingKey struct{}

func withReading(ctx context.Context) (context.Context, *reading) {
	r := new(reading)
	return context.WithValue(ctx, readingKey{}, r), r
}

// returned tells how many rows there were.
func (r *reading) returned(rows int) {
	for _, s := range r.spans {
		s.SetAttributes(semconv.DBResponseReturnedRows(rows))
	}
}

// end ends the query.
func (r *reading) end() {
	for _, s := range r.spans {
		s.End()
	}
}

// lasting is a provider of spans whose end is put off.
type lasting struct{ trace.TracerProvider }

func (l lasting) Tracer(name string, opts ...trace.TracerOption) trace.Tracer {
	return lastingTracer{l.TracerProvider.Tracer(name, opts...)}
}

type lastingTracer struct{ trace.Tracer }

func (t lastingTracer) Start(ctx context.Context, name string, opts ...trace.SpanStartOption) (context.Context, trace.Span) {
	ctx, span := t.Tracer.Start(ctx, name, opts...)
	r, ok := ctx.Value(readingKey{}).(*reading)
	if !ok || name == connectName {
		return ctx, span
	}
	r.spans = append(r.spans, span)
	return ctx, lastingSpan{span}
}

// A lastingSpan leaves its end to its reading.
type lastingSpan struct{ trace.Span }

func (lastingSpan) End(...trace.SpanEndOption) {}
