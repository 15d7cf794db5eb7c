package step

import (
	"errors"
	"io"
	"testing"

	sdktrace "go.opentelemetry.io/otel/sdk/trace"
	"go.opentelemetry.io/otel/trace"

	"spanwise/internal/spantest"
)

// A step of a trace that is not sampled costs no span, and that of a sampled one is a span even if its parent has ended.
func TestStart(t *testing.T) {
	unsampled, _ := sdktrace.NewTracerProvider(sdktrace.WithSampler(sdktrace.NeverSample())).Tracer("").Start(t.Context(), "request")
	ctx, end := Start(unsampled, "work")
	err := errors.New("broken")
	end(&err)
	if got, want := trace.SpanContextFromContext(ctx), trace.SpanContextFromContext(unsampled); !got.Equal(want) || !want.IsValid() {
		t.Errorf("got the span %v, want that of the request, %v", got, want)
	}

	spans := spantest.New()
	sampled, request := spans.Telemetry("shop", io.Discard).Traces.Tracer("").Start(t.Context(), "request")
	request.End()
	_, end = Start(sampled, "work", SKU("sku-1"))
	end(&err)
	if got, want := len(spans.Spans()), 2; got != want {
		t.Errorf("got %d spans, want %d:\n%s", got, want, spans.Tree())
	}
}
