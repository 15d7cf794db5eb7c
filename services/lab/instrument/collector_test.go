//go:build unix

package instrument

import (
	"context"
	"net"
	"sync"
	"testing"

	collector "go.opentelemetry.io/proto/otlp/collector/trace/v1"
	tracepb "go.opentelemetry.io/proto/otlp/trace/v1"
	"google.golang.org/grpc"
	"google.golang.org/protobuf/encoding/protojson"
)

// A fakeCollector keeps the spans that it gets over OTLP.
type fakeCollector struct {
	collector.UnimplementedTraceServiceServer
	address string

	mu    sync.Mutex
	spans tracepb.TracesData
}

func startCollector(t *testing.T) *fakeCollector {
	t.Helper()
	ln, err := net.Listen("tcp", "localhost:0")
	if err != nil {
		t.Fatal(err)
	}
	c := &fakeCollector{address: ln.Addr().String()}
	server := grpc.NewServer()
	collector.RegisterTraceServiceServer(server, c)
	go server.Serve(ln)
	t.Cleanup(server.Stop)
	return c
}

func (c *fakeCollector) Export(_ context.Context, r *collector.ExportTraceServiceRequest) (*collector.ExportTraceServiceResponse, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.spans.ResourceSpans = append(c.spans.ResourceSpans, r.ResourceSpans...)
	return &collector.ExportTraceServiceResponse{}, nil
}

// json returns the spans as OTLP JSON.
func (c *fakeCollector) json(t *testing.T) string {
	t.Helper()
	c.mu.Lock()
	defer c.mu.Unlock()
	text, err := protojson.Marshal(&c.spans)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}
