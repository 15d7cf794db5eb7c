package read

import (
	"cmp"
	"strconv"

	"spanwise/doctor/trace"
)

type zipkinEndpoint struct {
	service, ip string
	port        number
}

// zipkin reads one Zipkin v2 span.
func (d *document) zipkin() error {
	return d.whole(func(c *cursor) { d.add(d.zipkinSpan(c)) })
}

func (b *builder) zipkinSpan(c *cursor) pending {
	p := pending{Span: b.slabs.span()}
	var duration number
	var remote zipkinEndpoint
	var tags []trace.Attr
	for key := range c.fields() {
		switch string(key) {
		case "traceid":
			p.traceID = b.traceID(c)
		case "id":
			p.ID = b.spanID(c)
		case "parentid":
			p.ParentID = b.spanID(c)
		case "name":
			p.Name = b.text(c.string())
		case "kind":
			p.Kind = kindOf(b.text(c.string()))
		case "timestamp":
			p.start = c.number()
		case "duration":
			duration = c.number()
		case "localendpoint":
			local := b.zipkinEndpoint(c)
			p.Service, p.Host = local.service, local.ip
		case "remoteendpoint":
			remote = b.zipkinEndpoint(c)
		case "tags":
			tags = b.zipkinTags(c)
		case "annotations":
			p.Events = b.zipkinAnnotations(c)
		}
	}
	p.Attrs = b.slabs.attributes(remote.describe(tags))
	p.Error = hasError(p.Attrs)
	if p.Kind == trace.Unknown {
		p.Kind = kindByAnnotations(p.Events)
	}
	p.limit(duration)
	if !duration.known {
		b.note("without a duration, taken to end at the last annotation")
	}
	return p
}

// kindByAnnotations is the kind of a span in which the older format's annotations say it, as some converters leave them.
func kindByAnnotations(events []trace.Event) trace.Kind {
	kind := trace.Unknown
	for _, e := range events {
		if edge, known := zipkinEdges[e.Name]; known && kind != trace.Client {
			kind = edge.kind
		}
	}
	return kind
}

// limit sets the end and, if annotations have to give it, the start.
func (p *pending) limit(duration number) {
	timestamp := p.start
	p.end = p.start
	for _, e := range p.Events {
		at := number{int64(e.Time), e.Time != 0}
		if !timestamp.known && (!p.start.known || at.n < p.start.n) {
			p.start = at
		}
		if !p.end.known || at.n > p.end.n {
			p.end = at
		}
	}
	if duration.known {
		p.end = after(p.start, duration)
	}
}

// zipkinTags returns a list that is valid until other attributes are read.
func (b *builder) zipkinTags(c *cursor) []trace.Attr {
	list := b.slabs.list[:0]
	for key := range c.members() {
		a := trace.Attr{Key: b.text(key)}
		a.Value = b.text(c.text())
		list = append(list, a)
	}
	b.slabs.list = list
	return list
}

func (b *builder) zipkinAnnotations(c *cursor) (events []trace.Event) {
	for range c.elements() {
		var e trace.Event
		for key := range c.fields() {
			switch string(key) {
			case "timestamp":
				e.Time = trace.Micros(c.number().n)
			case "value":
				e.Name = b.text(c.string())
			}
		}
		events = append(events, e)
	}
	return events
}

func (b *builder) zipkinEndpoint(c *cursor) (e zipkinEndpoint) {
	v6 := ""
	for key := range c.fields() {
		switch string(key) {
		case "servicename":
			e.service = b.text(c.string())
		case "ipv4":
			e.ip = b.text(c.string())
		case "ipv6":
			v6 = b.text(c.string())
		case "port":
			e.port = c.number()
		}
	}
	e.ip = cmp.Or(e.ip, v6)
	return e
}

// describe adds the other end of a call with the attributes that other tracers use, unless tags have them already.
func (e zipkinEndpoint) describe(tags []trace.Attr) []trace.Attr {
	port := ""
	if e.port.known {
		port = strconv.FormatInt(e.port.n, 10)
	}
	for _, a := range [...]trace.Attr{{Key: "peer.service", Value: e.service}, {Key: "net.peer.ip", Value: e.ip}, {Key: "net.peer.port", Value: port}} {
		if _, there := trace.Attrs(tags).Lookup(a.Key); !there && a.Value != "" {
			tags = append(tags, a)
		}
	}
	return tags
}
