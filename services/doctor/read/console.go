package read

import (
	"encoding/json"
	"strings"

	"spanwise/doctor/trace"
)

// A pythonSpan is what OpenTelemetry Python's ConsoleSpanExporter prints. Before 1.0 the resource was only its attributes, and the status
// was called canonical_code.
type pythonSpan struct {
	Name       string
	Context    hexContext
	Kind       string
	ParentID   string  `json:"parent_id"`
	StartTime  instant `json:"start_time"`
	EndTime    instant `json:"end_time"`
	Attributes map[string]json.RawMessage
	Status     struct {
		Code        string `json:"status_code"`
		Canonical   string `json:"canonical_code"`
		Description string
	}
	Events []struct {
		Name       string
		Timestamp  instant
		Attributes map[string]json.RawMessage
	}
	Links    []struct{ Context hexContext }
	Resource map[string]json.RawMessage
}

type hexContext struct {
	TraceID string `json:"trace_id"`
	SpanID  string `json:"span_id"`
}

func (r *records) pythonConsole(raw []byte) error {
	var s pythonSpan
	if err := r.decode(raw, &s); err != nil {
		return err
	}
	fields := s.Resource
	var nested map[string]json.RawMessage
	if json.Unmarshal(fields["attributes"], &nested) == nil {
		fields = nested
	}
	resource := r.attrs(plainAttrs(fields))
	out := &trace.Span{
		ID: hexID(s.Context.SpanID, 16), ParentID: hexID(s.ParentID, 16), Name: s.Name, Kind: kindOf(strings.TrimPrefix(s.Kind, "SpanKind.")),
		Service: resource.Get("service.name"), Host: host(resource),
	}
	code := s.Status.Code + s.Status.Canonical
	r.describe(out, plainAttrs(s.Attributes), code == "ERROR" || s.Status.Canonical != "" && code != "OK", s.Status.Description)
	for _, e := range s.Events {
		out.Events = append(out.Events, trace.Event{Time: trace.Micros(e.Timestamp.n), Name: e.Name, Attrs: r.attrs(plainAttrs(e.Attributes))})
	}
	for _, l := range s.Links {
		out.Links = append(out.Links, trace.Link{TraceID: hexID(l.Context.TraceID, 32), SpanID: hexID(l.Context.SpanID, 16)})
	}
	r.addEnding(hexID(s.Context.TraceID, 32), s.StartTime.number, s.EndTime.number, out)
	return nil
}

// hexID reads an id such as 0x00af, which some writers print without its leading zeros.
func hexID(s string, digits int) string {
	s, prefixed := strings.CutPrefix(s, "0x")
	if prefixed && len(s) < digits {
		s = strings.Repeat("0", digits-len(s)) + s
	}
	if digits == 32 {
		return traceID(s)
	}
	return spanID(s)
}

// A jsSpan is what OpenTelemetry JS's ConsoleSpanExporter prints: parentId up to 1.x, parentSpanContext since 2.0.
type jsSpan struct {
	Resource            struct{ Attributes map[string]json.RawMessage }
	TraceID, ParentID   string
	ParentSpanContext   struct{ SpanID string }
	Name, ID            string
	Kind                int
	Timestamp, Duration micro
	Attributes          map[string]json.RawMessage
	Status              struct {
		Code    int
		Message string
	}
	Events []struct {
		Name                   string
		Attributes             map[string]json.RawMessage
		Time                   [2]number // seconds and nanoseconds
		DroppedAttributesCount number
	}
	Links []struct {
		Context struct{ TraceID, SpanID string }
	}
}

var jsConsole = form{name: "OpenTelemetry JS's console", read: (*records).jsConsole}

func (r *records) jsConsole(raw []byte) error {
	var s jsSpan
	if err := r.decode(raw, &s); err != nil {
		return err
	}
	resource := r.attrs(plainAttrs(s.Resource.Attributes))
	out := &trace.Span{
		ID: spanID(s.ID), ParentID: spanID(s.ParentID + s.ParentSpanContext.SpanID), Name: s.Name,
		Service: resource.Get("service.name"), Host: host(resource), OneThread: true,
	}
	if s.Kind >= 0 && s.Kind < len(jsKinds) {
		out.Kind = jsKinds[s.Kind]
	}
	r.describe(out, plainAttrs(s.Attributes), s.Status.Code == 2, s.Status.Message)
	for _, e := range s.Events {
		at := trace.Micros(min(max(e.Time[0].n, -farthest), farthest)*1_000_000 + micros(e.Time[1].n))
		out.Events = append(out.Events, trace.Event{Time: at, Name: e.Name, Attrs: r.attrs(plainAttrs(e.Attributes))})
		out.Dropped += dropped(e.DroppedAttributesCount)
	}
	for _, l := range s.Links {
		out.Links = append(out.Links, trace.Link{TraceID: traceID(l.Context.TraceID), SpanID: spanID(l.Context.SpanID)})
	}
	r.addLasting(traceID(s.TraceID), s.Timestamp.number, s.Duration.number, out)
	return nil
}

// jsKinds are the values of SpanKind in OpenTelemetry JS, which are one less than OTLP's.
var jsKinds = []trace.Kind{trace.Internal, trace.Server, trace.Client, trace.Producer, trace.Consumer}
