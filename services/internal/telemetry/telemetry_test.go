package telemetry

import (
	"context"
	"errors"
	"log/slog"
	"strings"
	"testing"

	sdktrace "go.opentelemetry.io/otel/sdk/trace"
	"go.opentelemetry.io/otel/sdk/trace/tracetest"
)

// Every record that is logged during a span carries its ids, also through With and WithGroup.
func TestLogsNameTheirTrace(t *testing.T) {
	ctx, span := sdktrace.NewTracerProvider().Tracer("").Start(t.Context(), "work")
	want := "trace_id=" + span.SpanContext().TraceID().String() + " span_id=" + span.SpanContext().SpanID().String()
	var out strings.Builder
	log := slog.New(withTrace{slog.NewTextHandler(&out, nil)})
	for _, l := range []*slog.Logger{log, log.With("a", 1)} {
		out.Reset()
		l.InfoContext(ctx, "hello")
		if !strings.Contains(out.String(), want) {
			t.Errorf("got %s, want %s", out.String(), want)
		}
	}
	out.Reset()
	log.WithGroup("g").InfoContext(ctx, "hello")
	if !strings.Contains(out.String(), span.SpanContext().TraceID().String()) {
		t.Errorf("got %s, want the trace id", out.String())
	}
	out.Reset()
	log.Info("hello")
	if strings.Contains(out.String(), "trace_id") {
		t.Errorf("got %s, want no trace id outside a span", out.String())
	}
}

// Spans that a full queue or a failed export dropped are counted; delivered and unsampled ones are not.
func TestLostSpansAreCounted(t *testing.T) {
	var count tally
	exporter := &refusing{Exporter: tracetest.NewInMemoryExporter()}
	provider := sdktrace.NewTracerProvider(
		sdktrace.WithSpanProcessor(countEnded{&count}),
		sdktrace.WithBatcher(countDelivered{exporter, &count}, sdktrace.WithMaxQueueSize(10), sdktrace.WithMaxExportBatchSize(10)))
	tracer := provider.Tracer("")
	end := func(n int) {
		for range n {
			_, span := tracer.Start(t.Context(), "work")
			span.End()
		}
		provider.ForceFlush(t.Context())
	}
	end(3)
	if got := count.lost(); got != 0 {
		t.Errorf("got %d lost of 3 delivered, want 0", got)
	}
	exporter.refuse = true
	end(4)
	if got := count.lost(); got != 4 {
		t.Errorf("got %d lost, want the 4 refused", got)
	}
}

type refusing struct {
	Exporter *tracetest.InMemoryExporter
	refuse   bool
}

func (r *refusing) ExportSpans(ctx context.Context, spans []sdktrace.ReadOnlySpan) error {
	if r.refuse {
		return errors.New("refused")
	}
	return r.Exporter.ExportSpans(ctx, spans)
}

func (r *refusing) Shutdown(ctx context.Context) error { return nil }

// Without an endpoint the default one applies, which speaks no TLS.
func TestInsecureByDefault(t *testing.T) {
	env := func(set string) func(string) string {
		return func(name string) string {
			if name == set {
				return "https://collector:4317"
			}
			return ""
		}
	}
	for set, want := range map[string]bool{"": true, "OTEL_EXPORTER_OTLP_ENDPOINT": false, "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT": false} {
		if got := insecure(env(set), "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT"); got != want {
			t.Errorf("with %q set: got %v, want %v", set, got, want)
		}
	}
}
