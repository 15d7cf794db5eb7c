package telemetry

import (
	"context"
	"sync/atomic"

	sdktrace "go.opentelemetry.io/otel/sdk/trace"
)

// A tally compares the spans that ended with those that a collector took: the SDK drops what does not fit
// its queue and what could not be sent without telling anybody.
type tally struct{ ended, delivered atomic.Int64 }

func (t *tally) lost() int64 { return t.ended.Load() - t.delivered.Load() }

// countEnded is a span processor that only counts. It must come before the one that may drop.
type countEnded struct{ *tally }

func (c countEnded) OnEnd(s sdktrace.ReadOnlySpan) {
	if s.SpanContext().IsSampled() {
		c.ended.Add(1)
	}
}
func (countEnded) OnStart(context.Context, sdktrace.ReadWriteSpan) {}
func (countEnded) Shutdown(context.Context) error                  { return nil }
func (countEnded) ForceFlush(context.Context) error                { return nil }

// countDelivered is an exporter that counts what its inner one delivered.
type countDelivered struct {
	sdktrace.SpanExporter
	*tally
}

func (c countDelivered) ExportSpans(ctx context.Context, spans []sdktrace.ReadOnlySpan) error {
	err := c.SpanExporter.ExportSpans(ctx, spans)
	if err == nil {
		c.delivered.Add(int64(len(spans)))
	}
	return err
}
