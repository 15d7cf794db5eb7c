package read

import (
	"encoding/json"
	"strings"

	"spanwise/doctor/trace"
)

type otlpSpan struct {
	TraceID, SpanID, ParentSpanID, Name string
	Kind                                text
	StartTimeUnixNano, EndTimeUnixNano  number
	Attributes                          []otlpAttr
	Status                              struct {
		Code    text
		Message string
	}
	Events []struct {
		TimeUnixNano           number
		Name                   string
		Attributes             []otlpAttr
		DroppedAttributesCount number
	}
	Links []struct {
		TraceID, SpanID        string
		DroppedAttributesCount number
	}
	DroppedAttributesCount, DroppedEventsCount, DroppedLinksCount number
}

type otlpAttr struct {
	Key   string
	Value otlpValue
}

// resourceSpans reads one batch. Its resource may come after its spans, so they are added at the end.
func (d *document) resourceSpans() error {
	var batch []pending
	var resource struct{ Attributes []otlpAttr }
	err := d.object(func(key string) error {
		switch d.camel(key) {
		case "resource":
			return d.span(&resource)
		case "scopeSpans", "instrumentationLibrarySpans":
			return d.each(func() error { return d.scopeSpans(&batch) })
		}
		return d.skip()
	})
	attrs := otlpAttrs(resource.Attributes)
	service, host, oneThread := attrs["service.name"], host(attrs), oneThread(attrs)
	for _, s := range batch {
		s.Service, s.Host, s.OneThread = service, host, oneThread
		d.add(s)
	}
	return err
}

func (d *document) scopeSpans(batch *[]pending) error {
	return d.object(func(key string) error {
		if key != "spans" {
			return d.skip()
		}
		return d.each(func() error {
			var s otlpSpan
			if err := d.span(&s); err != nil {
				return err
			}
			*batch = append(*batch, d.otlpSpan(&s))
			return nil
		})
	})
}

func (d *document) otlpSpan(s *otlpSpan) pending {
	attrs := otlpAttrs(s.Attributes)
	out := &trace.Span{
		ID: spanID(s.SpanID), ParentID: spanID(s.ParentSpanID), Name: s.Name, Kind: kindOf(string(s.Kind)), Attrs: attrs,
		Dropped: dropped(s.DroppedAttributesCount) + dropped(s.DroppedEventsCount) + dropped(s.DroppedLinksCount),
	}
	failed := s.Status.Code == "2" || strings.EqualFold(string(s.Status.Code), "STATUS_CODE_ERROR")
	out.Error = failed || hasError(attrs)
	if _, there := attrs["otel.status_description"]; s.Status.Message != "" && !there {
		attrs["otel.status_description"] = s.Status.Message // its name in Jaeger and Zipkin
	}
	for _, e := range s.Events {
		out.Events = append(out.Events, trace.Event{Time: trace.Micros(micros(e.TimeUnixNano.n)), Name: e.Name, Attrs: otlpAttrs(e.Attributes)})
		out.Dropped += dropped(e.DroppedAttributesCount)
	}
	for _, l := range s.Links {
		out.Links = append(out.Links, trace.Link{TraceID: traceID(l.TraceID), SpanID: spanID(l.SpanID)})
		out.Dropped += dropped(l.DroppedAttributesCount)
	}
	start, end := s.StartTimeUnixNano, s.EndTimeUnixNano
	if start.known && end.n == 0 {
		d.note("without an end, treated as zero-length")
		out.Mistimed = true
		end = start
	}
	start.n, end.n = micros(start.n), micros(end.n)
	return pending{traceID(s.TraceID), "", start, end, out}
}

func dropped(n number) int { return int(min(max(n.n, 0), 1<<30)) }

func otlpAttrs(attrs []otlpAttr) map[string]string {
	m := make(map[string]string, len(attrs))
	for _, a := range attrs {
		m[intern(a.Key)] = a.Value.text()
	}
	return m
}

// An otlpValue is an AnyValue.
type otlpValue struct {
	StringValue, IntValue, DoubleValue, BoolValue, BytesValue *text
	ArrayValue                                                *struct{ Values []otlpValue }
	KvlistValue                                               *struct{ Values []otlpAttr }
}

// text writes scalars as they are, lists and maps as JSON.
func (v *otlpValue) text() string {
	plain := v.plain()
	if scalar, ok := plain.(string); ok {
		return scalar
	}
	b, _ := json.Marshal(plain) // cannot fail: these are only strings, lists and maps
	return string(b)
}

// plain removes the wrappers at all levels. (JSON within JSON would double its backslashes at each level.)
func (v *otlpValue) plain() any {
	switch {
	case v.ArrayValue != nil:
		list := []any{}
		for _, e := range v.ArrayValue.Values {
			list = append(list, e.plain())
		}
		return list
	case v.KvlistValue != nil:
		m := map[string]any{}
		for _, e := range v.KvlistValue.Values {
			m[e.Key] = e.Value.plain()
		}
		return m
	}
	for _, s := range []*text{v.StringValue, v.IntValue, v.DoubleValue, v.BoolValue, v.BytesValue} {
		if s != nil {
			return string(*s)
		}
	}
	return ""
}
