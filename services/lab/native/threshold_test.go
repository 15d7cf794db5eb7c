package native

import (
	"context"
	"net"
	"sync"
	"testing"
	"time"

	collector "go.opentelemetry.io/proto/otlp/collector/trace/v1"
	spans "go.opentelemetry.io/proto/otlp/trace/v1"
	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials/insecure"
)

// A thresholdStore keeps the trace states of the spans that it gets, by the name of the span.
type thresholdStore struct {
	collector.UnimplementedTraceServiceServer
	mu     sync.Mutex
	states map[string]string
}

func (s *thresholdStore) Export(_ context.Context, r *collector.ExportTraceServiceRequest) (*collector.ExportTraceServiceResponse, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, resource := range r.ResourceSpans {
		for _, scope := range resource.ScopeSpans {
			for _, span := range scope.Spans {
				s.states[span.Name] = span.TraceState
			}
		}
	}
	return &collector.ExportTraceServiceResponse{}, nil
}

func (s *thresholdStore) has(name string) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	_, ok := s.states[name]
	return ok
}

// What tail sampling writes into a span depends on what else it has seen of the trace. So two sets of gateways, one of which has seen
// less, store copies that differ, but only of a trace that is in the share: see docs/two-sets.md.
func TestThresholdsOfPartialTraces(t *testing.T) {
	s, p := scratch(t, "SAMPLING=tail")
	ln, err := net.Listen("tcp", s.Addr(jaegerOTLP))
	if err != nil {
		t.Fatal(err)
	}
	store := &thresholdStore{states: map[string]string{}}
	server := grpc.NewServer()
	collector.RegisterTraceServiceServer(server, store)
	go server.Serve(ln)
	t.Cleanup(server.Stop)
	run := &Run{Settings: s, console: NewConsole(t.Output(), false), exited: make(chan *Process, 1)}
	if err := run.start(t.Context(), p); err != nil {
		t.Fatal(err)
	}
	conn, err := grpc.NewClient(s.Addr(collectorOTLP), grpc.WithTransportCredentials(insecure.NewCredentials()))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { conn.Close() })
	export := func(all ...*spans.Span) {
		t.Helper()
		_, err := collector.NewTraceServiceClient(conn).Export(t.Context(), &collector.ExportTraceServiceRequest{
			ResourceSpans: []*spans.ResourceSpans{{ScopeSpans: []*spans.ScopeSpans{{Spans: all}}}}})
		if err != nil {
			t.Fatal(err)
		}
	}
	const inShare, notInShare = 0xff, 0x00 // the 56 random bits of the trace's id begin so
	export(traceSpan(1, inShare, "whole"), failedSpan(1, inShare, "whole: failed"))
	export(traceSpan(2, inShare, "part"))
	export(traceSpan(3, notInShare, "whole, not in the share"), failedSpan(3, notInShare, "whole, not in the share: failed"))
	export(traceSpan(4, notInShare, "part, not in the share"))
	eventually(t, "decision", func() bool { return store.has("part") })
	export(traceSpan(2, inShare, "late"))
	eventually(t, "late span", func() bool { return store.has("late") })
	if err := run.Stop(t.Context()); err != nil {
		t.Error(err)
	}
	want := map[string]string{
		"whole": "ot=th:0", "whole: failed": "ot=th:0", // kept for the error
		"part":                    "ot=th:e6666666666666", // kept as one of ten
		"late":                    "ot=th:0",              // as it came, whatever was written into the others
		"whole, not in the share": "ot=th:0", "whole, not in the share: failed": "ot=th:0",
	}
	for name, state := range want {
		if got := store.states[name]; got != state {
			t.Errorf("%s: got the trace state %q, want %q", name, got, state)
		}
	}
	if len(store.states) != len(want) {
		t.Errorf("got %v, want no other spans", store.states)
	}
}

// traceSpan returns a root span of a trace that its service has not sampled. The random bits of the trace's id begin with share.
func traceSpan(n, share byte, name string) *spans.Span {
	return &spans.Span{
		TraceId: []byte{n, 0, 0, 0, 0, 0, 0, 0, 0, share, 0, 0, 0, 0, 0, n}, SpanId: []byte{1, 0, 0, 0, 0, 0, 0, byte(len(name))},
		Name: name, TraceState: "ot=th:0",
		StartTimeUnixNano: uint64(begin.UnixNano()), EndTimeUnixNano: uint64(begin.Add(time.Millisecond).UnixNano()),
	}
}

func failedSpan(n, share byte, name string) *spans.Span {
	s := traceSpan(n, share, name)
	s.Status = &spans.Status{Code: spans.Status_STATUS_CODE_ERROR}
	return s
}
