package read

import (
	"cmp"
	"strconv"
	"strings"

	"spanwise/doctor/trace"
)

// A skyWalkingSpan is one of the answer to SkyWalking's GraphQL query queryTrace. Times are in ms. Spans are numbered within a segment,
// which is what one thread of a process did.
type skyWalkingSpan struct {
	TraceID, SegmentID   string
	SpanID, ParentSpanID number
	Refs                 []struct {
		TraceID, ParentSegmentID string
		ParentSpanID             number
	}
	ServiceCode, ServiceInstanceName, EndpointName, Type, Peer, Component, Layer string
	StartTime, EndTime                                                           millis
	IsError                                                                      bool
	Tags                                                                         []skyWalkingPair
	Logs                                                                         []struct {
		Time millis
		Data []skyWalkingPair
	}
}

type skyWalkingPair struct {
	Key   string
	Value text
}

func (r *records) skyWalking(raw []byte) error {
	var s skyWalkingSpan
	if err := r.decode(raw, &s); err != nil {
		return err
	}
	out := &trace.Span{
		ID: segmentSpan(s.SegmentID, s.SpanID), Name: s.EndpointName, Service: s.ServiceCode, Host: s.ServiceInstanceName,
		Kind: s.kind(),
	}
	if s.ParentSpanID.n >= 0 {
		out.ParentID = segmentSpan(s.SegmentID, s.ParentSpanID)
	}
	for _, ref := range s.Refs {
		parent := segmentSpan(ref.ParentSegmentID, ref.ParentSpanID)
		if out.ParentID == "" && (ref.TraceID == s.TraceID || ref.TraceID == "") {
			out.ParentID = parent
		} else {
			out.Links = append(out.Links, trace.Link{TraceID: ref.TraceID, SpanID: parent})
		}
	}
	r.describe(out, s.attrs(out.Kind), s.IsError, "")
	out.Error = s.IsError
	for _, l := range s.Logs {
		attrs := skyWalkingAttrs(l.Data)
		out.Events = append(out.Events, trace.Event{Time: trace.Micros(l.Time.n), Name: attrs["event"], Attrs: r.attrs(attrs)})
	}
	r.addEnding(traceID(s.TraceID), s.StartTime.number, s.EndTime.number, out)
	return nil
}

// segmentSpan is an id for a span, which SkyWalking only numbers.
func segmentSpan(segment string, span number) string {
	if segment == "" || !span.known {
		return ""
	}
	return segment + "." + strconv.FormatInt(span.n, 10)
}

func (s *skyWalkingSpan) kind() trace.Kind {
	queue := strings.EqualFold(s.Layer, "MQ")
	switch {
	case s.Type == "Entry" && queue:
		return trace.Consumer
	case s.Type == "Entry":
		return trace.Server
	case s.Type == "Exit" && queue:
		return trace.Producer
	case s.Type == "Exit":
		return trace.Client
	}
	return trace.Internal
}

// skyWalkingKeys are tags and log fields that others know by other names
// (https://skywalking.apache.org/docs/main/latest/en/concepts-and-designs/ and the Java agent's Tags.java).
var skyWalkingKeys = map[string]string{
	"url": "http.url", "status_code": "http.status_code", "http.status": "http.status_code", "http.status.code": "http.status_code", "error.kind": "exception.type", "message": "exception.message", "stack": "exception.stacktrace",
	"db.type": "db.system", "mq.queue": "messaging.destination.name", "mq.topic": "messaging.destination.name", "cache.cmd": "db.operation", "cache.type": "db.system",
}

func (s *skyWalkingSpan) attrs(kind trace.Kind) map[string]string {
	attrs := skyWalkingAttrs(s.Tags)
	setDefault(attrs, "component", s.Component)
	if s.Peer == "" || kind == trace.Server {
		return attrs
	}
	setDefault(attrs, "peer.address", s.Peer)
	if host, port, found := strings.Cut(s.Peer, ":"); found && !strings.Contains(port, ":") {
		setDefault(attrs, "net.peer.name", host)
		setDefault(attrs, "net.peer.port", port)
	}
	return attrs
}

func skyWalkingAttrs(pairs []skyWalkingPair) map[string]string {
	attrs := make(map[string]string, len(pairs)+4)
	for _, p := range pairs {
		attrs[cmp.Or(skyWalkingKeys[p.Key], p.Key)] = string(p.Value)
	}
	return attrs
}
