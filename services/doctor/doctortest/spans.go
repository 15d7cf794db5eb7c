package doctortest

import (
	"bytes"
	"context"

	"go.opentelemetry.io/otel/exporters/otlp/otlptrace"
	sdktrace "go.opentelemetry.io/otel/sdk/trace"
	tracepb "go.opentelemetry.io/proto/otlp/trace/v1"
	"google.golang.org/protobuf/encoding/protojson"

	otlp "spanwise/doctor/read"
	"spanwise/doctor/trace"
)

// read exports the spans as to a Collector, and reads what arrives there, so that a test gets the same verdict as a running system.
func read(spans []sdktrace.ReadOnlySpan) ([]*trace.Trace, error) {
	ctx := context.Background()
	var c collector
	if err := otlptrace.NewUnstarted(&c).ExportSpans(ctx, spans); err != nil {
		return nil, err
	}
	document, err := protojson.Marshal(&c.received)
	if err != nil {
		return nil, err
	}
	return otlp.All(bytes.NewReader(document))
}

// A collector is a client of an exporter that keeps what it is to send.
type collector struct{ received tracepb.TracesData }

func (c *collector) Start(context.Context) error { return nil }
func (c *collector) Stop(context.Context) error  { return nil }

func (c *collector) UploadTraces(_ context.Context, spans []*tracepb.ResourceSpans) error {
	c.received.ResourceSpans = append(c.received.ResourceSpans, spans...)
	return nil
}
