package telemetry

import (
	"context"
	"slices"
	"strings"
	"unicode/utf8"

	"go.opentelemetry.io/otel/attribute"
	sdktrace "go.opentelemetry.io/otel/sdk/trace"
)

// validUTF8 is an exporter that repairs text that is not valid UTF-8. OTLP rejects a whole batch for one invalid byte,
// which any caller can send in a header and so cost other requests their spans.
type validUTF8 struct{ sdktrace.SpanExporter }

func (v validUTF8) ExportSpans(ctx context.Context, spans []sdktrace.ReadOnlySpan) error {
	if i := slices.IndexFunc(spans, hasInvalid); i >= 0 { // almost never
		spans = slices.Clone(spans)
		for ; i < len(spans); i++ {
			if hasInvalid(spans[i]) {
				spans[i] = validSpan{spans[i]}
			}
		}
	}
	return v.SpanExporter.ExportSpans(ctx, spans)
}

// hasInvalid reports whether any text of a span is not valid UTF-8.
func hasInvalid(s sdktrace.ReadOnlySpan) bool {
	return !utf8.ValidString(s.Name()) || !utf8.ValidString(s.Status().Description) ||
		slices.ContainsFunc(s.Attributes(), invalidAttribute) ||
		slices.ContainsFunc(s.Events(), func(e sdktrace.Event) bool {
			return !utf8.ValidString(e.Name) || slices.ContainsFunc(e.Attributes, invalidAttribute)
		})
}

// invalidAttribute reports whether an attribute has text that is not valid UTF-8.
func invalidAttribute(kv attribute.KeyValue) bool {
	if !utf8.ValidString(string(kv.Key)) {
		return true
	}
	switch kv.Value.Type() {
	case attribute.STRING:
		return !utf8.ValidString(kv.Value.AsString())
	case attribute.STRINGSLICE:
		return !utf8.ValidString(strings.Join(kv.Value.AsStringSlice(), " "))
	case attribute.SLICE, attribute.MAP: // only in log records, which are always repaired
		return true
	}
	return false
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
