package read

import (
	"encoding/json"
	"strings"

	"spanwise/doctor/trace"
)

// A stubSpan is what Go's exporter stdouttrace prints: go.opentelemetry.io/otel/sdk/trace/tracetest.SpanStub.
type stubSpan struct {
	Name                string
	SpanContext, Parent stubContext
	SpanKind            text
	StartTime, EndTime  instant
	Attributes          []stubAttr
	Events              []struct {
		Name                  string
		Attributes            []stubAttr
		DroppedAttributeCount number
		Time                  instant
	}
	Links []struct {
		SpanContext           stubContext
		DroppedAttributeCount number
	}
	Status                                         struct{ Code, Description text }
	DroppedAttributes, DroppedEvents, DroppedLinks number
	Resource                                       []stubAttr
}

type stubContext struct{ TraceID, SpanID string }

type stubAttr struct {
	Key   string
	Value struct{ Value json.RawMessage }
}

func (r *records) stdouttrace(raw []byte) error {
	var s stubSpan
	if err := r.decode(raw, &s); err != nil {
		return err
	}
	resource := r.attrs(stubAttrs(s.Resource))
	out := &trace.Span{
		ID: spanID(s.SpanContext.SpanID), ParentID: spanID(s.Parent.SpanID), Name: s.Name, Kind: kindOf(string(s.SpanKind)),
		Service: resource.Get("service.name"), Host: host(resource),
		Dropped: dropped(s.DroppedAttributes) + dropped(s.DroppedEvents) + dropped(s.DroppedLinks),
	}
	r.describe(out, stubAttrs(s.Attributes), strings.EqualFold(string(s.Status.Code), "error"), string(s.Status.Description))
	for _, e := range s.Events {
		out.Events = append(out.Events, trace.Event{Time: trace.Micros(e.Time.n), Name: e.Name, Attrs: r.attrs(stubAttrs(e.Attributes))})
		out.Dropped += dropped(e.DroppedAttributeCount)
	}
	for _, l := range s.Links {
		out.Links = append(out.Links, trace.Link{TraceID: traceID(l.SpanContext.TraceID), SpanID: spanID(l.SpanContext.SpanID)})
		out.Dropped += dropped(l.DroppedAttributeCount)
	}
	r.addEnding(traceID(s.SpanContext.TraceID), s.StartTime.number, s.EndTime.number, out)
	return nil
}

func stubAttrs(attrs []stubAttr) map[string]string {
	m := make(map[string]string, len(attrs))
	for _, a := range attrs {
		m[a.Key] = plainText(a.Value.Value)
	}
	return m
}
