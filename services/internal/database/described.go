package database

import (
	"context"
	"sync"

	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/trace"
)

// A described span gets its attributes when it ends, together with those that are known only then. The SDK copies the attributes
// of a span whenever some are added, and once more if they are given at its start.
type described struct {
	trace.Span
	attributes []attribute.KeyValue
	room       *room
}

// A room holds the attributes of a span until it ends: as many as that of a statement can have.
type room [12]attribute.KeyValue

var rooms = sync.Pool{New: func() any { return new(room) }}

func describedSpan(ctx context.Context, span trace.Span) (context.Context, described) {
	r := rooms.Get().(*room)
	return ctx, described{span, r[:0], r}
}

// end ends the span. It must not be called twice.
func (d described) end(more ...attribute.KeyValue) {
	d.SetAttributes(append(d.attributes, more...)...)
	d.End()
	clear(d.room[:]) // so that no text is kept
	rooms.Put(d.room)
}
