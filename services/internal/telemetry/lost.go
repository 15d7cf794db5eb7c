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

// silence is how long spans may be on their way to the collector before the log says so.
const silence = 5 * time.Second

// A tally compares the spans that ended with those that a collector took: the SDK drops what does not fit
// its queue and what could not be sent without telling anybody.
type tally struct {
	ended, delivered atomic.Int64
	refusal          atomic.Value // the error of the last batch that was not delivered
}

// err says how many of the spans that ended so far were lost, and why; nil if none were.
func (t *tally) err(shutdown error) error {
	lost := t.ended.Load() - t.delivered.Load()
	if lost == 0 {
		return nil
	}
	refusal, _ := t.refusal.Load().(refused)
	return fmt.Errorf("%d spans were lost, the collector at OTEL_EXPORTER_OTLP_ENDPOINT did not take them: %w",
		lost, cmp.Or(refusal.error, shutdown, errors.New("the queue was full")))
}

// refused gives errors of all types one type, as an atomic.Value needs.
type refused struct{ error }

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

// countDelivered is an exporter that counts what its inner one delivered, and tells the log when it takes long.
type countDelivered struct {
	sdktrace.SpanExporter
	*tally
	log *slog.Logger
}

func (c countDelivered) ExportSpans(ctx context.Context, spans []sdktrace.ReadOnlySpan) error {
	waiting := time.AfterFunc(silence, func() {
		c.log.Warn("the collector at OTEL_EXPORTER_OTLP_ENDPOINT takes no spans: they wait here, and requests go on")
	})
	err := c.SpanExporter.ExportSpans(ctx, spans)
	told := !waiting.Stop()
	if err != nil {
		c.refusal.Store(refused{err})
		return err
	}
	c.delivered.Add(int64(len(spans)))
	if told {
		c.log.Info("the collector takes spans again")
	}
	return nil
}
