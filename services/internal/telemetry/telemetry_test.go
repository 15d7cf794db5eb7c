package telemetry

import (
	"context"
	"errors"
	"log/slog"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"
	"unicode/utf8"

	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/codes"
	"go.opentelemetry.io/otel/trace"

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

// Spans that a failed export dropped are counted, with its reason; delivered ones are not.
func TestLostSpansAreCounted(t *testing.T) {
	count := new(tally)
	exporter := &refusing{Exporter: tracetest.NewInMemoryExporter()}
	provider := sdktrace.NewTracerProvider(
		sdktrace.WithSpanProcessor(countEnded{count}),
		sdktrace.WithBatcher(countDelivered{exporter, count, slog.New(slog.DiscardHandler)}))
	tracer := provider.Tracer("")
	end := func(n int) {
		for range n {
			_, span := tracer.Start(t.Context(), "work")
			span.End()
		}
		provider.ForceFlush(t.Context())
	}
	end(3)
	if err := count.err(nil); err != nil {
		t.Errorf("got %v, want nothing lost of 3 delivered", err)
	}
	exporter.refuse = true
	end(4)
	if err := count.err(nil); err == nil || !strings.HasPrefix(err.Error(), "4 spans were lost") || !strings.HasSuffix(err.Error(), "refused") {
		t.Errorf("got %v, want the 4 refused and why", err)
	}
}

// Spans that do not fit the queue are counted too.
func TestFullQueueIsCounted(t *testing.T) {
	count := new(tally)
	exporter := &stuck{free: make(chan struct{})}
	provider := sdktrace.NewTracerProvider(
		sdktrace.WithSpanProcessor(countEnded{count}),
		sdktrace.WithBatcher(countDelivered{exporter, count, slog.New(slog.DiscardHandler)},
			sdktrace.WithMaxQueueSize(2), sdktrace.WithMaxExportBatchSize(1)))
	for range 10 {
		_, span := provider.Tracer("").Start(t.Context(), "work")
		span.End()
	}
	close(exporter.free)
	if err := count.err(provider.Shutdown(t.Context())); err == nil || !strings.HasSuffix(err.Error(), "the queue was full") {
		t.Errorf("got %v, want that spans did not fit the queue", err)
	}
}

// An outage of the collector is told once it lasts, and so is its end.
func TestOutageIsTold(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var out strings.Builder
		exporter := &stuck{free: make(chan struct{})}
		time.AfterFunc(2*silence, func() { close(exporter.free) })
		c := countDelivered{exporter, new(tally), slog.New(slog.NewTextHandler(&out, nil))}
		for range 2 {
			if err := c.ExportSpans(t.Context(), nil); err != nil {
				t.Error(err)
			}
		}
		if got := out.String(); strings.Count(got, "takes no spans") != 1 || strings.Count(got, "takes spans again") != 1 {
			t.Errorf("got\n%s\nwant one line about the outage and one about its end", got)
		}
	})
}

// One byte that is no text costs nobody a span: what an exporter gets is text.
func TestBytesThatAreNoText(t *testing.T) {
	const bad = "\xff"
	exporter := tracetest.NewInMemoryExporter()
	provider := sdktrace.NewTracerProvider(sdktrace.WithSyncer(textOnly{exporter}))
	_, span := provider.Tracer("").Start(t.Context(), "work"+bad)
	span.SetAttributes(attribute.String("a", bad), attribute.StringSlice("b", []string{"x", bad}), attribute.Int("c", 1))
	span.AddEvent("event"+bad, trace.WithAttributes(attribute.String("d", bad)))
	span.SetStatus(codes.Error, "because "+bad)
	span.End()
	got := exporter.GetSpans()[0]
	all := append(slices.Clone(got.Attributes), got.Events[0].Attributes...)
	if !utf8.ValidString(got.Name+got.Events[0].Name+got.Status.Description) || slices.ContainsFunc(all, broken) || len(all) != 4 {
		t.Errorf("got %+v, want all of it, as text", got)
	}
	if got.Name != "work\uFFFD" || got.Status.Description != "because \uFFFD" {
		t.Errorf("got %q and %q, want U+FFFD for what was no text", got.Name, got.Status.Description)
	}
}

// stuck is an exporter that waits until it is free.
type stuck struct{ free chan struct{} }

func (s *stuck) ExportSpans(context.Context, []sdktrace.ReadOnlySpan) error {
	<-s.free
	return nil
}

func (s *stuck) Shutdown(context.Context) error { return nil }

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
