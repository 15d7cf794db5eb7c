package telemetry

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"sync"
	"testing"

	"go.opentelemetry.io/otel/attribute"
	sdklog "go.opentelemetry.io/otel/sdk/log"
	"go.opentelemetry.io/otel/sdk/resource"
	sdktrace "go.opentelemetry.io/otel/sdk/trace"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
)

// A record goes to the collector with its trace and span, its level and its attributes; one below INFO does not, and
// neither does one with a context of OnlyLocal.
func TestLogsAreExported(t *testing.T) {
	exporter := new(logExporter)
	provider, _ := newLoggerProvider(exporter, resource.Empty())
	ctx, span := sdktrace.NewTracerProvider().Tracer("").Start(t.Context(), "work")
	for _, log := range []*slog.Logger{slog.New(newExportHandler(provider)), slog.New(newExportHandler(provider)).With("with", 1)} {
		log.ErrorContext(ctx, "failed", "error", errors.New("disk full"))
		log.DebugContext(ctx, "no")
		log.InfoContext(OnlyLocal(ctx), "no")
	}
	provider.ForceFlush(t.Context())
	got := exporter.records
	if len(got) != 2 {
		t.Fatalf("got %d records, want 2", len(got))
	}
	for _, r := range got {
		if r.TraceID() != span.SpanContext().TraceID() || r.SpanID() != span.SpanContext().SpanID() ||
			r.Body().AsString() != "failed" || r.SeverityText() != "ERROR" || !strings.Contains(text(r), "disk full") {
			t.Errorf("got %s %v %v %s, want the record and its span", r.TraceID(), r.Body(), r.SeverityText(), text(r))
		}
	}
}

// Records of a failed export are counted as lost, with the reason; delivered ones are not.
func TestLostRecordsAreCounted(t *testing.T) {
	exporter := new(logExporter)
	provider, count := newLoggerProvider(exporter, resource.Empty())
	log := slog.New(newExportHandler(provider))
	log.Info("delivered")
	provider.ForceFlush(t.Context())
	if err := count.err(nil); err != nil {
		t.Errorf("got %v, want no loss after a delivery", err)
	}
	exporter.err = errors.New("refused")
	log.Info("lost")
	log.Info("lost")
	err := count.err(provider.Shutdown(t.Context()))
	if err == nil || !strings.HasPrefix(err.Error(), "2 log records are only on standard error") || !strings.HasSuffix(err.Error(), "refused") {
		t.Errorf("got %v, want the 2 records and the reason", err)
	}
}

// A collector that takes no logs is asked once, and every record counts as lost.
func TestCollectorWithoutLogs(t *testing.T) {
	exporter := &logExporter{err: status.Error(codes.Unimplemented, "unknown service")}
	provider, count := newLoggerProvider(exporter, resource.Empty())
	for range 3 {
		slog.New(newExportHandler(provider)).Info("hello")
		provider.ForceFlush(t.Context())
	}
	if err := count.err(nil); len(exporter.records) != 1 || err == nil || !strings.HasPrefix(err.Error(), "3 log records") {
		t.Errorf("got %d records and %v, want one attempt and 3 lost", len(exporter.records), err)
	}
}

// Invalid UTF-8 anywhere in a record is replaced, and nothing else of it is lost.
func TestInvalidUTF8InLogs(t *testing.T) {
	const bad = "\xff"
	exporter := new(logExporter)
	provider, _ := newLoggerProvider(exporter, resource.Empty())
	slog.New(newExportHandler(provider)).Info("message"+bad, "a"+bad, bad, "error", errors.New(bad), "n", 1,
		slog.Group("group", "b", bad), "list", []string{"x", bad})
	provider.ForceFlush(t.Context())
	r := exporter.records[0]
	if got, want := r.Body().AsString()+" "+text(r), "message\uFFFD a\uFFFD=\uFFFD n=1 group={b=\uFFFD} list=[x \uFFFD] exception.message=\uFFFD"; !strings.HasPrefix(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
}

func text(r sdklog.Record) string {
	var b strings.Builder
	r.WalkAttributes(func(kv attribute.KeyValue) bool {
		fmt.Fprintf(&b, "%s=%s ", kv.Key, flat(kv.Value))
		return true
	})
	return b.String()
}

// flat is like Value.String, which would hide invalid bytes in a list or a map by encoding them as JSON.
func flat(v attribute.Value) string {
	var parts []string
	switch v.Type() {
	case attribute.SLICE:
		for _, element := range v.AsSlice() {
			parts = append(parts, flat(element))
		}
		return "[" + strings.Join(parts, " ") + "]"
	case attribute.MAP:
		for _, kv := range v.AsMap() {
			parts = append(parts, string(kv.Key)+"="+flat(kv.Value))
		}
		return "{" + strings.Join(parts, " ") + "}"
	}
	return v.String()
}

// A logExporter keeps the records that it gets, until err is set.
type logExporter struct {
	mu      sync.Mutex
	records []sdklog.Record
	err     error
}

func (e *logExporter) Export(_ context.Context, records []sdklog.Record) error {
	e.mu.Lock()
	defer e.mu.Unlock()
	for _, r := range records {
		e.records = append(e.records, r.Clone())
	}
	return e.err
}
func (*logExporter) ForceFlush(context.Context) error { return nil }
func (*logExporter) Shutdown(context.Context) error   { return nil }
