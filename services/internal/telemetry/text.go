package telemetry

import (
	"context"
	"slices"
	"strings"
	"unicode/utf8"

	"go.opentelemetry.io/otel/attribute"
	sdktrace "go.opentelemetry.io/otel/sdk/trace"
)

// textOnly is an exporter that mends what is not UTF-8 in spans. OTLP refuses a whole batch for one such byte,
// which any caller can send in a header: it would cost the spans of everybody else.
type textOnly struct{ sdktrace.SpanExporter }

func (t textOnly) ExportSpans(ctx context.Context, spans []sdktrace.ReadOnlySpan) error {
	for i, s := range spans {
		if slices.ContainsFunc(s.Attributes(), broken) || slices.ContainsFunc(s.Events(), brokenEvent) ||
			!utf8.ValidString(s.Name()) || !utf8.ValidString(s.Status().Description) {
			spans[i] = mended{s}
		}
	}
	return t.SpanExporter.ExportSpans(ctx, spans)
}

func broken(kv attribute.KeyValue) bool {
	switch kv.Value.Type() {
	case attribute.STRING:
		return !utf8.ValidString(kv.Value.AsString())
	case attribute.STRINGSLICE:
		return slices.ContainsFunc(kv.Value.AsStringSlice(), func(s string) bool { return !utf8.ValidString(s) })
	}
	return false
}

func brokenEvent(e sdktrace.Event) bool {
	return !utf8.ValidString(e.Name) || slices.ContainsFunc(e.Attributes, broken)
}

// A mended span has U+FFFD where the inner one has bytes that are no text.
type mended struct{ sdktrace.ReadOnlySpan }

func (m mended) Name() string { return text(m.ReadOnlySpan.Name()) }

func (m mended) Attributes() []attribute.KeyValue { return texts(m.ReadOnlySpan.Attributes()) }

func (m mended) Status() sdktrace.Status {
	status := m.ReadOnlySpan.Status()
	status.Description = text(status.Description)
	return status
}

func (m mended) Events() []sdktrace.Event {
	events := slices.Clone(m.ReadOnlySpan.Events())
	for i := range events {
		events[i].Name = text(events[i].Name)
		events[i].Attributes = texts(events[i].Attributes)
	}
	return events
}

func text(s string) string { return strings.ToValidUTF8(s, "\uFFFD") }

func texts(attributes []attribute.KeyValue) []attribute.KeyValue {
	attributes = slices.Clone(attributes)
	for i, kv := range attributes {
		switch kv.Value.Type() {
		case attribute.STRING:
			attributes[i].Value = attribute.StringValue(text(kv.Value.AsString()))
		case attribute.STRINGSLICE:
			values := kv.Value.AsStringSlice()
			for j := range values {
				values[j] = text(values[j])
			}
			attributes[i].Value = attribute.StringSliceValue(values)
		}
	}
	return attributes
}
