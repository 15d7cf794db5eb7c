package telemetry

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"sync/atomic"
	"time"

	sdktrace "go.opentelemetry.io/otel/sdk/trace"
)

// slowExport is how long the collector may take to accept a batch before the log reports it.
const slowExport = 5 * time.Second

// A spanCount compares the spans that ended with those that the collector accepted. The SDK itself drops spans
// silently, whether its queue is full or an export fails.
type spanCount struct {
	ended, delivered, rejected atomic.Int64          // the rejected ones are among the delivered
	failure                    atomic.Pointer[error] // of the last batch that was not delivered, or not wholly
}

// err reports how many of the spans that ended so far were lost, and why; it returns nil if none were.
func (c *spanCount) err(shutdown error) error {
	lost := c.ended.Load() - c.delivered.Load() + c.rejected.Load()
	if lost == 0 {
		return nil
	}
	reason := cmp.Or(shutdown, errors.New("the queue was full"))
	if failure := c.failure.Load(); failure != nil {
		reason = *failure
	}
	return fmt.Errorf("%d spans were lost, the collector at OTEL_EXPORTER_OTLP_ENDPOINT did not accept them: %w", lost, reason)
}

// countEnded is a span processor that only counts.
type countEnded struct{ *spanCount }

func (c countEnded) OnEnd(s sdktrace.ReadOnlySpan) {
	if s.SpanContext().IsSampled() {
		c.ended.Add(1)
	}
}
func (countEnded) OnStart(context.Context, sdktrace.ReadWriteSpan) {}
func (countEnded) Shutdown(context.Context) error                  { return nil }
func (countEnded) ForceFlush(context.Context) error                { return nil }

// countDelivered is an exporter that counts the spans the inner one delivers, and logs when that takes long.
type countDelivered struct {
	sdktrace.SpanExporter
	*spanCount
	log *slog.Logger
}

func (c countDelivered) ExportSpans(ctx context.Context, spans []sdktrace.ReadOnlySpan) error {
	warning := time.AfterFunc(slowExport, func() {
		c.log.Warn("the collector at OTEL_EXPORTER_OTLP_ENDPOINT is not accepting spans; they are queued and requests continue")
	})
	err := c.SpanExporter.ExportSpans(ctx, spans)
	warned := !warning.Stop()
	if err != nil {
		c.failure.Store(&err)
		return err
	}
	c.delivered.Add(int64(len(spans)))
	if warned {
		c.log.Info("the collector is accepting spans again")
	}
	return nil
}
