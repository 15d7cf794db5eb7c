package doctortest_test

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/sdk/resource"
	sdktrace "go.opentelemetry.io/otel/sdk/trace"
	"go.opentelemetry.io/otel/sdk/trace/tracetest"
	"go.opentelemetry.io/otel/trace"

	"spanwise/doctor/doctortest"
)

// A fake is a test that keeps what it is told.
type fake struct {
	testing.TB
	errors, log strings.Builder
}

func (f *fake) Helper()                           {}
func (f *fake) Errorf(format string, args ...any) { fmt.Fprintf(&f.errors, format+"\n", args...) }
func (f *fake) Logf(format string, args ...any)   { fmt.Fprintf(&f.log, format+"\n", args...) }

// page records a request that runs n queries of 5 ms, one after another.
func page(n int) (tracetest.SpanStubs, []sdktrace.ReadOnlySpan) {
	exporter, recorder := tracetest.NewInMemoryExporter(), tracetest.NewSpanRecorder()
	provider := sdktrace.NewTracerProvider(sdktrace.WithSyncer(exporter), sdktrace.WithSpanProcessor(recorder),
		sdktrace.WithResource(resource.NewSchemaless(attribute.String("service.name", "shop"))))
	tracer := provider.Tracer("test")
	start := time.Date(2026, 11, 29, 12, 0, 0, 0, time.UTC)
	at := func(ms int) time.Time { return start.Add(time.Duration(ms) * time.Millisecond) }
	ctx, root := tracer.Start(context.Background(), "GET /page", trace.WithTimestamp(at(0)), trace.WithSpanKind(trace.SpanKindServer))
	for i := range n {
		_, query := tracer.Start(ctx, "SELECT items", trace.WithTimestamp(at(1+5*i)), trace.WithSpanKind(trace.SpanKindClient), trace.WithAttributes(
			attribute.String("db.system.name", "postgresql"), attribute.String("db.query.text", fmt.Sprintf("SELECT name FROM items WHERE id = %d", i))))
		query.End(trace.WithTimestamp(at(6 + 5*i)))
	}
	root.End(trace.WithTimestamp(at(2 + 5*n)))
	return exporter.GetSpans(), recorder.Ended()
}

// An N+1 fails the test with the report, whichever type the spans have.
func TestFails(t *testing.T) {
	stubs, ended := page(20)
	var a, b fake
	doctortest.Check(&a, stubs)
	doctortest.Check(&b, ended)
	for _, want := range []string{"doctortest: n-plus-one in shop: GET /page → postgresql\n", "SELECT items", "20 calls", "   Fix  "} {
		if !strings.Contains(a.errors.String(), want) {
			t.Errorf("the failure lacks %q:\n%s", want, a.errors.String())
		}
	}
	if a.errors.String() != b.errors.String() {
		t.Errorf("from a SpanRecorder the failure differs:\n%s\n%s", a.errors.String(), b.errors.String())
	}
}

// What is healthy, of another kind, or ignored passes; an entry that ignores nothing is logged.
func TestPasses(t *testing.T) {
	one, _ := page(1)
	doctortest.Check(t, one)
	many, _ := page(20)
	doctortest.Check(t, many, doctortest.Kinds("retry-storm"))
	doctortest.Check(t, many, doctortest.Kinds())
	doctortest.Check(t, many, doctortest.Kinds(), doctortest.MaxCalls(20))
	file := filepath.Join(t.TempDir(), "doctor.ignore")
	if err := os.WriteFile(file, []byte("n-plus-one in shop # a test\nslow-self in shop # gone\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	var f fake
	doctortest.Check(&f, many, doctortest.Ignore(file))
	if f.errors.Len() > 0 || !strings.Contains(f.log.String(), `doctor.ignore:2: "slow-self in shop" matches no finding`) {
		t.Errorf("failed with %q and logged %q", f.errors.String(), f.log.String())
	}
}

// Too many calls fail, whatever they cost, and so do wrong options and a test that recorded nothing.
func TestFailures(t *testing.T) {
	many, _ := page(20)
	for want, check := range map[string]func(*fake){
		"20 calls from shop to postgresql: SELECT items (MaxCalls allows 19)": func(f *fake) {
			doctortest.Check(f, many, doctortest.Kinds(), doctortest.MaxCalls(19))
		},
		"no such kind: n-plus-two":     func(f *fake) { doctortest.Check(f, many, doctortest.Kinds("n-plus-two")) },
		"want a number above 0":        func(f *fake) { doctortest.Check(f, many, doctortest.MaxCalls(0)) },
		"no such file":                 func(f *fake) { doctortest.Check(f, many, doctortest.Ignore(filepath.Join(t.TempDir(), "missing"))) },
		"no spans were recorded (does": func(f *fake) { doctortest.Check(f, tracetest.SpanStubs{}) },
	} {
		var f fake
		if check(&f); !strings.Contains(f.errors.String(), want) {
			t.Errorf("failed with %q, want %q", f.errors.String(), want)
		}
	}
}
