// Package spantest records the spans of services under test and prints them as a tree, for people and golden files. Create
// a [Recorder], pass [Recorder.Telemetry] to services, and read [Recorder.Tree].
package spantest

import (
	"cmp"
	"fmt"
	"io"
	"log/slog"
	"slices"
	"strings"
	"time"

	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/codes"
	"go.opentelemetry.io/otel/metric/noop"
	"go.opentelemetry.io/otel/sdk/resource"
	sdktrace "go.opentelemetry.io/otel/sdk/trace"
	"go.opentelemetry.io/otel/sdk/trace/tracetest"
	semconv "go.opentelemetry.io/otel/semconv/v1.43.0"
	"go.opentelemetry.io/otel/trace"

	"spanwise/internal/fault"
	"spanwise/internal/telemetry"
)

// A Recorder keeps every span that ends. It is safe for concurrent use.
type Recorder struct {
	spans *tracetest.InMemoryExporter
}

// New returns an empty recorder.
func New() *Recorder { return &Recorder{spans: tracetest.NewInMemoryExporter()} }

// Telemetry returns telemetry for a service, with spans that go to the recorder and a log that goes to w.
func (r *Recorder) Telemetry(service string, w io.Writer) *telemetry.Telemetry {
	return &telemetry.Telemetry{
		Traces: sdktrace.NewTracerProvider(
			sdktrace.WithResource(resource.NewSchemaless(semconv.ServiceName(service))),
			sdktrace.WithSpanProcessor(fault.Clock(service, sdktrace.NewSimpleSpanProcessor(r.spans)))),
		Metrics:    noop.NewMeterProvider(),
		Propagator: telemetry.Propagator(),
		Log:        slog.New(slog.NewTextHandler(w, nil)),
	}
}

// Spans returns the spans that have ended.
func (r *Recorder) Spans() tracetest.SpanStubs { return r.spans.GetSpans() }

// Reset forgets the spans recorded so far.
func (r *Recorder) Reset() { r.spans.Reset() }

// Tree prints the recorded spans, one per line, children below their parent in order of time: start and duration, service,
// kind, name, and the most important attributes. Starts are relative to the first span. There are no ids, so that equal
// behaviour gives equal text.
func (r *Recorder) Tree() string { return tree(r.Spans()) }

// TreeOf is Tree for the spans of one trace.
func (r *Recorder) TreeOf(id trace.TraceID) string {
	return tree(slices.DeleteFunc(r.Spans(), func(s tracetest.SpanStub) bool { return s.SpanContext.TraceID() != id }))
}

func tree(spans tracetest.SpanStubs) string {
	if len(spans) == 0 {
		return ""
	}
	first := slices.MinFunc(spans, func(a, b tracetest.SpanStub) int { return a.StartTime.Compare(b.StartTime) }).StartTime
	children := make(map[trace.SpanID][]tracetest.SpanStub)
	for _, s := range spans {
		parent := s.Parent.SpanID()
		if !slices.ContainsFunc(spans, func(p tracetest.SpanStub) bool { return p.SpanContext.SpanID() == parent }) {
			parent = trace.SpanID{}
		}
		children[parent] = append(children[parent], s)
	}
	return subtrees(children, trace.SpanID{}, first, "")
}

// subtrees returns the trees of a span's children by start, in alphabetical order if they start at the same time.
func subtrees(children map[trace.SpanID][]tracetest.SpanStub, parent trace.SpanID, first time.Time, indent string) string {
	var trees []string
	start := make(map[string]time.Time)
	for _, s := range children[parent] {
		text := indent + line(s, first) + "\n" + subtrees(children, s.SpanContext.SpanID(), first, indent+"  ")
		trees, start[text] = append(trees, text), s.StartTime
	}
	slices.SortFunc(trees, func(a, b string) int { return cmp.Or(start[a].Compare(start[b]), strings.Compare(a, b)) })
	return strings.Join(trees, "")
}

// shown are the attributes that a tree shows, in this order.
var shown = []attribute.Key{
	semconv.HTTPResponseStatusCodeKey, semconv.HTTPRequestResendCountKey, semconv.DBResponseReturnedRowsKey,
	"shop.order.id", "shop.customer", "shop.sku", "shop.lines", "shop.total",
	"shop.cache.hits", "shop.cache.misses", "shop.cache.bytes",
}

func line(s tracetest.SpanStub, first time.Time) string {
	service, _ := s.Resource.Set().Value(semconv.ServiceNameKey)
	var b strings.Builder
	fmt.Fprintf(&b, "%v+%v %s %s %s", s.StartTime.Sub(first), s.EndTime.Sub(s.StartTime), service.AsString(), s.SpanKind, s.Name)
	set := attribute.NewSet(s.Attributes...)
	for _, key := range shown {
		if v, ok := set.Value(key); ok {
			fmt.Fprintf(&b, " %s=%s", key[strings.LastIndexByte(string(key), '.')+1:], v.String())
		}
	}
	if s.Status.Code == codes.Error {
		b.WriteString(" ERROR")
	}
	return b.String()
}
