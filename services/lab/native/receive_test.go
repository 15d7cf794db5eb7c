package native

import (
	"context"
	"net"
	"slices"
	"sync"
	"testing"
	"time"

	"go.opentelemetry.io/otel/codes"
	"go.opentelemetry.io/otel/exporters/otlp/otlptrace/otlptracegrpc"
	sdktrace "go.opentelemetry.io/otel/sdk/trace"
	"go.opentelemetry.io/otel/trace"
	collector "go.opentelemetry.io/proto/otlp/collector/trace/v1"
	"google.golang.org/grpc"

	doctortrace "spanwise/doctor/trace"
)

// send sends traces of two spans each: a failed one, a slow one and many others. It returns the ids of the first two by name.
func send(t *testing.T, address string, many int, sampler sdktrace.Sampler) map[string]trace.TraceID {
	t.Helper()
	exporter, err := otlptracegrpc.New(t.Context(), otlptracegrpc.WithEndpoint(address), otlptracegrpc.WithInsecure())
	if err != nil {
		t.Fatal(err)
	}
	provider := sdktrace.NewTracerProvider(sdktrace.WithBatcher(exporter), sdktrace.WithSampler(sampler))
	ids := map[string]trace.TraceID{}
	begin := time.Now()
	for _, name := range append([]string{"failed", "slow"}, slices.Repeat([]string{"other"}, many)...) {
		length := 10 * time.Millisecond
		if name == "slow" {
			length = 600 * time.Millisecond
		}
		ctx, root := provider.Tracer("").Start(t.Context(), name, trace.WithTimestamp(begin))
		_, child := provider.Tracer("").Start(ctx, "child", trace.WithTimestamp(begin))
		if name == "failed" {
			child.SetStatus(codes.Error, "")
		}
		child.End(trace.WithTimestamp(begin.Add(length)))
		root.End(trace.WithTimestamp(begin.Add(length)))
		ids[name] = root.SpanContext().TraceID()
	}
	if err := provider.Shutdown(t.Context()); err != nil {
		t.Fatal(err)
	}
	return ids
}

// A store counts the spans of each trace that it gets over OTLP.
type store struct {
	collector.UnimplementedTraceServiceServer
	mu       sync.Mutex
	spans    map[trace.TraceID]int
	standFor float64 // spans, by the thresholds of those
}

func listen(t *testing.T, address string) *store {
	t.Helper()
	ln, err := net.Listen("tcp", address)
	if err != nil {
		t.Fatal(err)
	}
	s := &store{spans: map[trace.TraceID]int{}}
	server := grpc.NewServer()
	collector.RegisterTraceServiceServer(server, s)
	go server.Serve(ln)
	t.Cleanup(server.Stop)
	return s
}

func (s *store) Export(_ context.Context, r *collector.ExportTraceServiceRequest) (*collector.ExportTraceServiceResponse, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, resource := range r.ResourceSpans {
		for _, scope := range resource.ScopeSpans {
			for _, span := range scope.Spans {
				s.spans[trace.TraceID(span.TraceId)]++
				s.standFor += max(1, doctortrace.WeightOf(span.TraceState))
			}
		}
	}
	return &collector.ExportTraceServiceResponse{}, nil
}
