package telemetry

import (
	"context"
	"slices"
	"strings"

	"go.opentelemetry.io/otel/attribute"
	sdktrace "go.opentelemetry.io/otel/sdk/trace"
)

// validUTF8 is an exporter that repairs text that is not valid UTF-8. OTLP rejects a whole batch for one invalid byte,
// which any caller can send in a header and so cost other requests their spans.
type validUTF8 struct{ sdktrace.SpanExporter }

func (v validUTF8) ExportSpans(ctx context.Context, spans []sdktrace.ReadOnlySpan) error {
	valid := make([]sdktrace.ReadOnlySpan, len(spans))
	for i, s := range spans {
		valid[i] = validSpan{s}
	}
	return v.SpanExporter.ExportSpans(ctx, valid)
}

// A validSpan has U+FFFD where the inner span has invalid bytes.
type validSpan struct{ sdktrace.ReadOnlySpan }

func (s validSpan) Name() string { return valid(s.ReadOnlySpan.Name()) }

func (s validSpan) Attributes() []attribute.KeyValue {
	return validAttributes(s.ReadOnlySpan.Attributes())
}

func (s validSpan) Status() sdktrace.Status {
	status := s.ReadOnlySpan.Status()
	status.Description = valid(status.Description)
	return status
}

func (s validSpan) Events() []sdktrace.Event {
	events := slices.Clone(s.ReadOnlySpan.Events())
	for i := range events {
		events[i].Name = valid(events[i].Name)
		events[i].Attributes = validAttributes(events[i].Attributes)
	}
	return events
}

func valid(s string) string { return strings.ToValidUTF8(s, "\uFFFD") }

func validAttributes(attributes []attribute.KeyValue) []attribute.KeyValue {
	attributes = slices.Clone(attributes)
	for i, kv := range attributes {
		attributes[i] = attribute.KeyValue{Key: attribute.Key(valid(string(kv.Key))), Value: validValue(kv.Value)}
	}
	return attributes
}

func validValue(v attribute.Value) attribute.Value {
	switch v.Type() {
	case attribute.STRING:
		return attribute.StringValue(valid(v.AsString()))
	case attribute.STRINGSLICE:
		values := v.AsStringSlice() // a copy
		for i := range values {
			values[i] = valid(values[i])
		}
		return attribute.StringSliceValue(values)
	case attribute.SLICE: // like a map, only in log records
		values := v.AsSlice()
		for i := range values {
			values[i] = validValue(values[i])
		}
		return attribute.SliceValue(values...)
	case attribute.MAP:
		return attribute.MapValue(validAttributes(v.AsMap())...)
	}
	return v
}
