package telemetry

import (
	"context"
	"fmt"
	"log/slog"
	"sync/atomic"

	otlp "go.opentelemetry.io/proto/otlp/collector/trace/v1"
	"google.golang.org/grpc"
)

// countRejected returns an interceptor of exports. It counts the spans that the collector rejects of a batch that it
// otherwise accepts, and logs what it says, which may be a warning only:
// https://opentelemetry.io/docs/specs/otlp/#partial-success-1
//
// The exporter reports both as an error of the whole batch, of a type that cannot be named, so it doesn't get to see them.
func countRejected(count *spanCount, log *slog.Logger) grpc.UnaryClientInterceptor {
	var last atomic.Pointer[string] // what was logged
	return func(ctx context.Context, method string, req, reply any, cc *grpc.ClientConn, invoke grpc.UnaryInvoker, opts ...grpc.CallOption) error {
		if err := invoke(ctx, method, req, reply, cc, opts...); err != nil {
			return err
		}
		answer, ok := reply.(*otlp.ExportTraceServiceResponse)
		if !ok || answer.GetPartialSuccess() == nil {
			return nil
		}
		rejected, message := answer.PartialSuccess.GetRejectedSpans(), answer.PartialSuccess.GetErrorMessage()
		answer.PartialSuccess = nil
		if rejected == 0 && message == "" {
			return nil // all was accepted; the Collector says so with an empty message
		}
		if rejected > 0 {
			err := fmt.Errorf("the collector rejected spans: %q", message)
			count.failure.Store(&err)
			count.rejected.Add(rejected)
		}
		if before := last.Swap(&message); rejected > 0 || before == nil || *before != message {
			log.Warn("the collector accepts spans with a warning", "rejected", rejected, "message", message)
		}
		return nil
	}
}
