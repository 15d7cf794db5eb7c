package database

import (
	"context"

	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/codes"
	semconv "go.opentelemetry.io/otel/semconv/v1.43.0"
	"go.opentelemetry.io/otel/trace"
)

// A reading is the spans of a query whose rows are being read. There are several if a connection turned out to be dead.
type reading struct {
	spans []described
	known []attribute.KeyValue // about the reading
}

type readingKey struct{}

// withReading returns a context for a query whose rows the caller reads. The span of the query then ends with the reading,
// since reading a million rows would otherwise be in no span.
func withReading(ctx context.Context) (context.Context, *reading) {
	r := new(reading)
	if !trace.SpanContextFromContext(ctx).IsSampled() {
		return ctx, r
	}
	return context.WithValue(ctx, readingKey{}, r), r
}

// returned sets the number of rows.
func (r *reading) returned(rows int) {
	r.known = append(r.known, semconv.DBResponseReturnedRows(rows))
}

// failed marks the query as failed while its rows were read. An error of the query itself is in its span already.
func (r *reading) failed(err error) {
	for _, s := range r.spans {
		s.SetStatus(codes.Error, err.Error())
	}
}

func (r *reading) end() {
	for _, s := range r.spans {
		s.end(r.known...)
	}
}
