package scale

import (
	"context"
	"encoding/hex"
	"net"
	"sync"
	"testing"

	collectorpb "go.opentelemetry.io/proto/otlp/collector/trace/v1"
	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
)

// A fakeAgent keeps what it accepts. It refuses the first requests.
type fakeAgent struct {
	collectorpb.UnimplementedTraceServiceServer
	refusals int
	mu       sync.Mutex
	spans    map[string]int // how often each was accepted, by trace and span id
}

func (f *fakeAgent) Export(_ context.Context, r *collectorpb.ExportTraceServiceRequest) (*collectorpb.ExportTraceServiceResponse, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.refusals > 0 {
		f.refusals--
		return nil, status.Error(codes.Unavailable, "not yet")
	}
	for _, resource := range r.ResourceSpans {
		for _, scope := range resource.ScopeSpans {
			for _, s := range scope.Spans {
				f.spans[hex.EncodeToString(s.TraceId)+hex.EncodeToString(s.SpanId)]++
			}
		}
	}
	return &collectorpb.ExportTraceServiceResponse{}, nil
}

// agents starts one agent for each process, and returns their addresses.
func agents(t *testing.T, refusals int) (list []*fakeAgent, addresses []string) {
	t.Helper()
	for range processes {
		agent := &fakeAgent{refusals: refusals, spans: map[string]int{}}
		ln, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			t.Fatal(err)
		}
		server := grpc.NewServer()
		collectorpb.RegisterTraceServiceServer(server, agent)
		go server.Serve(ln)
		t.Cleanup(server.Stop)
		list, addresses = append(list, agent), append(addresses, ln.Addr().String())
	}
	return list, addresses
}

// Every span of every trace reaches the agent of its process once, those that come late too, and although the agents refuse the
// first requests.
func TestSend(t *testing.T) {
	list, addresses := agents(t, 3)
	kinds := []Kind{Normal, Late, LateError}
	enough := make(chan struct{})
	mix := func(n int) Kind {
		if n == 100 {
			close(enough)
		}
		return kinds[n%len(kinds)]
	}
	load := Load{Agents: addresses, Rate: 500, Seed: 1, Mix: mix, Late: 2 * gap}
	sending, err := load.Start(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	<-enough
	sent := sending.Stop()
	if sent.Retries == 0 || sent.Lost > 0 || len(sent.Traces) < 100 {
		t.Fatalf("got %d traces, %d retries, %d spans lost (%v), want traces, retries and none lost", len(sent.Traces), sent.Retries, sent.Lost, sent.Err)
	}
	for _, trace := range sent.Traces {
		for n, id := range trace.SpanIDs() {
			if times := list[n%len(list)].spans[trace.String()+id]; times != 1 {
				t.Fatalf("span %d of trace %s (%s) arrived %d times at its agent, want once", n, trace, trace.Kind, times)
			}
		}
	}
}

// Spans that cannot be sent when the load is given up are counted.
func TestSendGivesUp(t *testing.T) {
	_, addresses := agents(t, 1e6)
	ctx, cancel := context.WithCancel(t.Context())
	mix := func(n int) Kind {
		if n == 50 {
			cancel()
		}
		return Normal
	}
	sending, err := Load{Agents: addresses, Rate: 500, Seed: 1, Mix: mix}.Start(ctx)
	if err != nil {
		t.Fatal(err)
	}
	<-sending.ended
	if sent := sending.Stop(); sent.Lost != len(sent.Traces)*spansEach || sent.Err == nil {
		t.Errorf("got %d spans lost (%v), want all %d", sent.Lost, sent.Err, len(sent.Traces)*spansEach)
	}
}

// A load needs an agent for each process.
func TestSendNeedsAgents(t *testing.T) {
	if _, err := (Load{Agents: []string{"127.0.0.1:1"}}).Start(t.Context()); err == nil {
		t.Error("got no error")
	}
}
