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

	"go.opentelemetry.io/otel"
	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/codes"
	"go.opentelemetry.io/otel/trace"

	sdktrace "go.opentelemetry.io/otel/sdk/trace"
	"go.opentelemetry.io/otel/sdk/trace/tracetest"
)

// One call of Start makes OpenTelemetry's global tracer describe the service, and WrapProcessor sees its spans.
func TestStart(t *testing.T) {
	t.Setenv("OTEL_RESOURCE_ATTRIBUTES", "service.version=7")
	spans := tracetest.NewSpanRecorder()
	_, err := Start(t.Context(), Config{
		Service: "books", Attributes: []attribute.KeyValue{attribute.String("service.namespace", "library")},
		WrapProcessor: func(sdktrace.SpanProcessor) sdktrace.SpanProcessor { return spans },
	})
	if err != nil {
		t.Fatal(err)
	}
	_, span := otel.Tracer("").Start(t.Context(), "work")
	span.End()
	if len(spans.Ended()) != 1 {
		t.Fatalf("got %d spans, want 1", len(spans.Ended()))
	}
	for key, want := range map[attribute.Key]string{"service.name": "books", "service.namespace": "library", "service.version": "7"} {
		if got, _ := spans.Ended()[0].Resource().Set().Value(key); got.AsString() != want {
			t.Errorf("%s: got %q, want %q", key, got.AsString(), want)
		}
	}
}

// Each start of a service is an instance of its own, so that replicas do not overwrite each other's metrics, unless the
// environment names the instance.
func TestInstance(t *testing.T) {
	instance := func() string {
		spans := tracetest.NewSpanRecorder()
		tel, err := Start(t.Context(), Config{
			Service: "books", WrapProcessor: func(sdktrace.SpanProcessor) sdktrace.SpanProcessor { return spans },
		})
		if err != nil {
			t.Fatal(err)
		}
		_, span := tel.Traces.Tracer("").Start(t.Context(), "work")
		span.End()
		id, _ := spans.Ended()[0].Resource().Set().Value("service.instance.id")
		return id.AsString()
	}
	if a, b := instance(), instance(); a == b || len(a) != 36 {
		t.Errorf("got the ids %q and %q, want two different UUIDs", a, b)
	}
	t.Setenv("OTEL_RESOURCE_ATTRIBUTES", "service.instance.id=books-0")
	if got := instance(); got != "books-0" {
		t.Errorf("got %q, want the id from OTEL_RESOURCE_ATTRIBUTES", got)
	}
}

// Every record that is logged during a span carries the span's ids, also after With and WithGroup.
func TestLogsHaveTraceIDs(t *testing.T) {
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

// Spans of a failed export are counted as lost, with the reason; delivered spans are not.
func TestLostSpansAreCounted(t *testing.T) {
	count := new(spanCount)
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
		t.Errorf("got %v, want no loss after 3 were delivered", err)
	}
	exporter.refuse = true
	end(4)
	err := count.err(nil)
	if err == nil || !strings.HasPrefix(err.Error(), "4 spans were lost") || !strings.HasSuffix(err.Error(), "refused") {
		t.Errorf("got %v, want the 4 refused ones and the reason", err)
	}
}

// Spans that the queue has no room for are counted as lost too.
func TestFullQueueIsCounted(t *testing.T) {
	count := new(spanCount)
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
		t.Errorf("got %v, want a report that the queue was full", err)
	}
}

// The log reports a lasting outage of the collector once, and its end once.
func TestOutageIsLogged(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var out strings.Builder
		exporter := &stuck{free: make(chan struct{})}
		time.AfterFunc(2*slowExport, func() { close(exporter.free) })
		c := countDelivered{exporter, new(spanCount), slog.New(slog.NewTextHandler(&out, nil))}
		for range 2 {
			if err := c.ExportSpans(t.Context(), nil); err != nil {
				t.Error(err)
			}
		}
		if got := out.String(); strings.Count(got, "is not accepting spans") != 1 || strings.Count(got, "is accepting spans again") != 1 {
			t.Errorf("got\n%s\nwant one line about the outage and one about its end", got)
		}
	})
}

// Invalid UTF-8 anywhere in a span is replaced, and nothing else of the span is lost.
func TestInvalidUTF8(t *testing.T) {
	const bad = "\xff"
	exporter := tracetest.NewInMemoryExporter()
	provider := sdktrace.NewTracerProvider(sdktrace.WithSyncer(validUTF8{exporter}))
	_, span := provider.Tracer("").Start(t.Context(), "work"+bad)
	span.SetAttributes(attribute.String("a", bad), attribute.StringSlice("b", []string{"x", bad}), attribute.Int("c", 1))
	span.AddEvent("event"+bad, trace.WithAttributes(attribute.String("d", bad)))
	span.SetStatus(codes.Error, "because "+bad)
	span.End()
	got := exporter.GetSpans()[0]
	all := append(slices.Clone(got.Attributes), got.Events[0].Attributes...)
	if !utf8.ValidString(got.Name+got.Events[0].Name+got.Status.Description) || slices.ContainsFunc(all, invalid) || len(all) != 4 {
		t.Errorf("got %+v, want all of it, as valid UTF-8", got)
	}
	if got.Name != "work\uFFFD" || got.Status.Description != "because \uFFFD" {
		t.Errorf("got %q and %q, want U+FFFD for the invalid byte", got.Name, got.Status.Description)
	}
}

func invalid(kv attribute.KeyValue) bool {
	return slices.ContainsFunc(append(kv.Value.AsStringSlice(), kv.Value.AsString()), func(s string) bool { return !utf8.ValidString(s) })
}

// stuck is an exporter that blocks until free is closed.
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

// TLS is off only if no endpoint is set: the default endpoint has none.
func TestInsecureByDefault(t *testing.T) {
	const general, traces = "OTEL_EXPORTER_OTLP_ENDPOINT", "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT"
	for set, want := range map[string]bool{"": true, general: false, traces: false} {
		t.Setenv(general, "")
		t.Setenv(traces, "")
		if set != "" {
			t.Setenv(set, "https://collector:4317")
		}
		if got := useDefaultEndpoint(traces); got != want {
			t.Errorf("with %q set: got %v, want %v", set, got, want)
		}
	}
}
