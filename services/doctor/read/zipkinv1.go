package read

import (
	"cmp"
	"encoding/json"

	"spanwise/doctor/trace"
)

// A zipkinV1Span is one of Zipkin's older format (https://zipkin.io/zipkin-api/#/v1), in which the client and the server of a call
// may be one span: its annotations say who did what when.
type zipkinV1Span struct {
	TraceID, ID, ParentID, Name string
	Timestamp, Duration         number
	Annotations                 []struct {
		Timestamp number
		Value     string
		Endpoint  zipkinV1Endpoint
	}
	BinaryAnnotations []struct {
		Key      string
		Value    json.RawMessage
		Endpoint zipkinV1Endpoint
	}
}

type zipkinV1Endpoint struct {
	ServiceName, IPv4, IPv6 string
	Port                    number
}

// other adds the endpoint to attributes as the other end of a call.
func (e zipkinV1Endpoint) other(attrs map[string]string) {
	end := zipkinEndpoint{service: e.ServiceName, ip: cmp.Or(e.IPv4, e.IPv6), port: e.Port}
	for _, a := range end.describe(nil) {
		setDefault(attrs, a.Key, a.Value)
	}
}

// A half is what one side of a v1 span did.
type half struct {
	*trace.Span
	attrs      map[string]string
	start, end number
}

// zipkinEdges are the annotations that begin and end a half.
var zipkinEdges = map[string]struct {
	kind trace.Kind
	ends bool
}{
	"cs": {trace.Client, false}, "cr": {trace.Client, true}, "sr": {trace.Server, false}, "ss": {trace.Server, true},
	"ms": {trace.Producer, false}, "mr": {trace.Consumer, false},
}

func (r *records) zipkinV1(raw []byte) error {
	var s zipkinV1Span
	if err := r.decode(raw, &s); err != nil {
		return err
	}
	halves := s.halves()
	for _, h := range halves {
		s.annotate(h, halves[0])
		r.describe(h.Span, h.attrs, false, "")
		if len(halves) == 1 || !h.start.known {
			h.start.setDefault(s.Timestamp, len(halves) == 1)
			if s.Duration.known && h.start.known {
				h.end = after(h.start, s.Duration)
			}
		}
		r.addEnding(traceID(s.TraceID), h.start, h.end, h.Span)
	}
	return nil
}

// setDefault takes another number if n is not known, or if that one is better.
func (n *number) setDefault(other number, better bool) {
	if other.known && (better || !n.known) {
		*n = other
	}
}

// halves makes a span for each side that left an edge, and one for work within a process if none did.
func (s *zipkinV1Span) halves() []*half {
	var halves []*half
	byKind := map[trace.Kind]*half{}
	for _, a := range s.Annotations {
		edge, known := zipkinEdges[a.Value]
		if !known {
			continue
		}
		h := byKind[edge.kind]
		if h == nil {
			h = s.half(edge.kind)
			byKind[edge.kind], halves = h, append(halves, h)
		}
		h.Service, h.Host = cmp.Or(h.Service, a.Endpoint.ServiceName), cmp.Or(h.Host, a.Endpoint.IPv4, a.Endpoint.IPv6)
		if edge.ends {
			h.end = a.Timestamp
		} else {
			h.start = a.Timestamp
		}
	}
	if len(halves) == 0 {
		halves = append(halves, s.half(trace.Unknown))
	}
	return halves
}

func (s *zipkinV1Span) half(kind trace.Kind) *half {
	return &half{Span: &trace.Span{ID: spanID(s.ID), ParentID: spanID(s.ParentID), Name: s.Name, Kind: kind}, attrs: map[string]string{}}
}

// annotate gives a half the annotations of its own service. Those of no half belong to the first.
func (s *zipkinV1Span) annotate(h, first *half) {
	mine := func(e zipkinV1Endpoint) bool {
		return e.ServiceName == h.Service || h == first && (h.Service == "" || e.ServiceName == "")
	}
	for _, b := range s.BinaryAnnotations {
		address := b.Key == "sa" || b.Key == "ca" || b.Key == "ma"
		switch {
		case address && (b.Key == "ca") == (h.Kind == trace.Server):
			b.Endpoint.other(h.attrs)
		case !address && mine(b.Endpoint):
			h.attrs[b.Key] = plainText(b.Value)
			h.Service, h.Host = cmp.Or(h.Service, b.Endpoint.ServiceName), cmp.Or(h.Host, b.Endpoint.IPv4, b.Endpoint.IPv6)
		}
	}
	for _, a := range s.Annotations {
		if _, edge := zipkinEdges[a.Value]; !edge && mine(a.Endpoint) {
			h.Events = append(h.Events, trace.Event{Time: trace.Micros(a.Timestamp.n), Name: a.Value})
			h.Service = cmp.Or(h.Service, a.Endpoint.ServiceName)
		}
	}
}
