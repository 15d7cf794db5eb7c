//go:build linux

package main

import (
	"context"
	"crypto/rand"
	"net"
	"sync"
	"testing"

	collector "go.opentelemetry.io/proto/otlp/collector/trace/v1"
	trace "go.opentelemetry.io/proto/otlp/trace/v1"
	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials/insecure"
)

// received are the spans that gateways have received: the number of spans of each trace, by the gateway's address.
type received struct {
	mu sync.Mutex
	at map[string]map[string]int
}

func (r *received) spans() (n int) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, traces := range r.at {
		for _, spans := range traces {
			n += spans
		}
	}
	return n
}

// traces returns the ids of the traces of which a gateway has received a span.
func (r *received) traces(address string) []string {
	r.mu.Lock()
	defer r.mu.Unlock()
	var ids []string
	for id := range r.at[address] {
		ids = append(ids, id)
	}
	return ids
}

// A gateway counts what it receives.
type gateway struct {
	collector.UnimplementedTraceServiceServer
	address string
	all     *received
}

func (g gateway) Export(_ context.Context, request *collector.ExportTraceServiceRequest) (*collector.ExportTraceServiceResponse, error) {
	g.all.mu.Lock()
	defer g.all.mu.Unlock()
	for _, resource := range request.ResourceSpans {
		for _, scope := range resource.ScopeSpans {
			for _, span := range scope.Spans {
				g.all.at[g.address][string(span.TraceId)]++
			}
		}
	}
	return &collector.ExportTraceServiceResponse{}, nil
}

// listen starts a gateway at each of the addresses.
func listen(t *testing.T, addresses []string) *received {
	t.Helper()
	all := &received{at: map[string]map[string]int{}}
	for _, address := range addresses {
		listener, err := net.Listen("tcp", address+":4317")
		if err != nil {
			t.Fatal(err)
		}
		all.at[address] = map[string]int{}
		server := grpc.NewServer()
		collector.RegisterTraceServiceServer(server, gateway{address: address, all: all})
		go server.Serve(listener)
		t.Cleanup(server.Stop)
	}
	return all
}

// send sends traces to the agent. Each of them has two spans, in requests of their own.
func send(t *testing.T, traces int) {
	t.Helper()
	connection, err := grpc.NewClient("127.0.0.1:4317", grpc.WithTransportCredentials(insecure.NewCredentials()))
	if err != nil {
		t.Fatal(err)
	}
	defer connection.Close()
	agent := collector.NewTraceServiceClient(connection)
	for range traces {
		id := random(16)
		for range 2 {
			span := &trace.Span{TraceId: id, SpanId: random(8), Name: "resolve", StartTimeUnixNano: 1, EndTimeUnixNano: 2}
			scope := &trace.ScopeSpans{Spans: []*trace.Span{span}}
			resource := &trace.ResourceSpans{ScopeSpans: []*trace.ScopeSpans{scope}}
			request := &collector.ExportTraceServiceRequest{ResourceSpans: []*trace.ResourceSpans{resource}}
			if _, err := agent.Export(t.Context(), request); err != nil {
				t.Fatal(err)
			}
		}
	}
}

func random(n int) []byte {
	id := make([]byte, n)
	rand.Read(id) // never fails
	return id
}
