package read

import (
	"cmp"
	"strconv"

	"spanwise/doctor/trace"
)

type zipkinSpan struct {
	TraceID, ID, ParentID, Name, Kind string
	Timestamp, Duration               number
	LocalEndpoint, RemoteEndpoint     zipkinEndpoint
	Tags                              map[string]text
	Annotations                       []struct {
		Timestamp number
		Value     string
	}
}

type zipkinEndpoint struct {
	ServiceName, IPv4, IPv6 string
	Port                    number
}

// zipkin reads one Zipkin v2 span.
func (d *document) zipkin() error {
	var s zipkinSpan
	if err := d.span(&s); err != nil {
		return err
	}
	out := &trace.Span{
		ID: spanID(s.ID), ParentID: spanID(s.ParentID), Name: s.Name, Kind: kindOf(s.Kind),
		Service: s.LocalEndpoint.ServiceName, Host: cmp.Or(s.LocalEndpoint.IPv4, s.LocalEndpoint.IPv6),
	}
	tags := make([]trace.Attr, 0, len(s.Tags)+3)
	for key, value := range s.Tags {
		tags = append(tags, trace.Attr{Key: intern(key), Value: string(value)})
	}
	out.Attrs = trace.NewAttrs(tags)
	out.Error = hasError(out.Attrs)
	s.RemoteEndpoint.describe(&out.Attrs)
	start, end := s.Timestamp, s.Timestamp
	for _, a := range s.Annotations {
		out.Events = append(out.Events, trace.Event{Time: trace.Micros(a.Timestamp.n), Name: a.Value})
		if !s.Timestamp.known && (!start.known || a.Timestamp.n < start.n) {
			start = a.Timestamp
		}
		if !end.known || a.Timestamp.n > end.n {
			end = a.Timestamp
		}
	}
	if s.Duration.known {
		end = after(start, s.Duration)
	} else {
		d.note("without a duration, taken to end at the last annotation")
	}
	d.add(pending{traceID(s.TraceID), "", start, end, out})
	return nil
}

// describe adds the other end of a call with the attributes that other tracers use, unless tags have them already.
func (e zipkinEndpoint) describe(attrs *trace.Attrs) {
	set := func(key, value string) {
		if _, there := attrs.Lookup(key); !there && value != "" {
			attrs.Set(key, value)
		}
	}
	set("peer.service", e.ServiceName)
	set("net.peer.ip", cmp.Or(e.IPv4, e.IPv6))
	if e.Port.known {
		set("net.peer.port", strconv.FormatInt(e.Port.n, 10))
	}
}
