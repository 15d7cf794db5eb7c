package telemetry

import (
	"context"
	"log/slog"
	"net"
	"strings"
	"testing"

	"go.opentelemetry.io/otel/sdk/resource"
	otlp "go.opentelemetry.io/proto/otlp/collector/trace/v1"
	"google.golang.org/grpc"
)

// A collector accepts all spans except rejected ones of each batch.
type choosy struct {
	otlp.UnimplementedTraceServiceServer
	rejected int64
	message  string
}

func (c choosy) Export(context.Context, *otlp.ExportTraceServiceRequest) (*otlp.ExportTraceServiceResponse, error) {
	return &otlp.ExportTraceServiceResponse{PartialSuccess: &otlp.ExportTracePartialSuccess{RejectedSpans: c.rejected, ErrorMessage: c.message}}, nil
}

// Of a batch that the collector accepts in part, only the rejected spans are lost; a warning is logged and costs none.
func TestRejectedSpansAreCounted(t *testing.T) {
	for _, tt := range []struct {
		collector choosy
		lost      string // the end of the report; "" if nothing is lost
	}{
		{choosy{}, ""},
		{choosy{message: "the limit is near"}, ""},
		{choosy{rejected: 1, message: "one is too old"}, `1 spans were lost, the collector at OTEL_EXPORTER_OTLP_ENDPOINT did not accept them: the collector rejected spans: "one is too old"`},
	} {
		ln, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			t.Fatal(err)
		}
		server := grpc.NewServer()
		otlp.RegisterTraceServiceServer(server, tt.collector)
		go server.Serve(ln)
		t.Cleanup(server.Stop)
		t.Setenv("OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", "http://"+ln.Addr().String())
		var out strings.Builder
		provider, count, err := startTraces(t.Context(), Config{}, resource.Empty(), slog.New(slog.NewTextHandler(&out, nil)))
		if err != nil {
			t.Fatal(err)
		}
		for range 100 {
			_, span := provider.Tracer("").Start(t.Context(), "work")
			span.End()
		}
		got := ""
		if err := count.err(provider.Shutdown(t.Context())); err != nil {
			got = err.Error()
		}
		if got != tt.lost || !strings.Contains(out.String(), tt.collector.message) {
			t.Errorf("%+v: got %q and the log %q, want %q", tt.collector, got, out.String(), tt.lost)
		}
	}
}
