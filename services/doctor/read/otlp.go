package read

import (
	"encoding/json"
	"strings"

	"spanwise/doctor/trace"
)

// resourceSpans reads one batch. Its resource may come after its spans, so they are added at the end.
func (d *document) resourceSpans() error {
	var resource trace.Attrs
	batch := d.batch[:0]
	err := d.object(func(key string) error {
		switch key {
		case "resource":
			return d.whole(func(c *cursor) { resource = d.otlpResource(c) })
		case "scopespans", "instrumentationlibraryspans":
			return d.each(func() error { return d.scopeSpans(&batch) })
		}
		return d.SkipValue()
	})
	service, host, oneThread := resource.Get("service.name"), host(resource), oneThread(resource)
	for _, s := range batch {
		s.Service, s.Host, s.OneThread = service, host, oneThread
		d.add(s)
	}
	d.batch = batch
	return err
}

func (b *builder) otlpResource(c *cursor) (attrs trace.Attrs) {
	for key := range c.fields() {
		if string(key) == "attributes" {
			attrs = b.otlpAttrs(c)
		}
	}
	return attrs
}

func (d *document) scopeSpans(batch *[]pending) error {
	return d.object(func(key string) error {
		if key != "spans" {
			return d.SkipValue()
		}
		return d.each(func() error {
			return d.whole(func(c *cursor) { *batch = append(*batch, d.otlpSpan(c)) })
		})
	})
}

func (b *builder) otlpSpan(c *cursor) pending {
	p := pending{Span: b.slabs.span()}
	var status otlpStatus
	for key := range c.fields() {
		switch string(key) {
		case "traceid":
			p.traceID = b.traceID(c)
		case "spanid":
			p.ID = b.spanID(c)
		case "tracestate":
			p.Weight = trace.WeightOf(string(c.string()))
		case "parentspanid":
			p.ParentID = b.spanID(c)
		case "name":
			p.Name = b.text(c.string())
		case "kind":
			p.Kind = kindOf(b.text(c.text()))
		case "starttimeunixnano":
			p.start = c.number()
		case "endtimeunixnano":
			p.end = c.number()
		case "attributes":
			p.Attrs = b.otlpAttrs(c)
		case "status":
			status = b.otlpStatus(c)
		case "events":
			p.Events = b.otlpEvents(c, p.Span)
		case "links":
			p.Links = b.otlpLinks(c, p.Span)
		case "droppedattributescount", "droppedeventscount", "droppedlinkscount":
			p.Dropped += dropped(c.number())
		}
	}
	b.noteWarnings()
	status.describe(p.Span)
	p.start.known = p.start.known && (p.start.n != 0 || p.end.n != 0) // protobuf's values of fields that were not set
	if p.start.known && p.end.n == 0 {
		b.note("without an end, treated as zero-length")
		p.Mistimed = true
		p.end = p.start
	}
	p.start.n, p.end.n = micros(p.start.n), micros(p.end.n)
	return p
}

type otlpStatus struct{ code, message string }

func (b *builder) otlpStatus(c *cursor) (status otlpStatus) {
	for key := range c.fields() {
		switch string(key) {
		case "code":
			status.code = b.text(c.text())
		case "message":
			status.message = b.text(c.string())
		}
	}
	return status
}

// describe adds the status to a span that has all its attributes.
func (status otlpStatus) describe(s *trace.Span) {
	s.Error = status.code == "2" || strings.EqualFold(status.code, "STATUS_CODE_ERROR") || hasError(s.Attrs)
	const name = "otel.status_description" // in Jaeger and Zipkin
	if _, there := s.Attrs.Lookup(name); status.message != "" && !there {
		s.Attrs.Set(name, status.message)
	}
}

func (b *builder) otlpEvents(c *cursor, s *trace.Span) (events []trace.Event) {
	for range c.elements() {
		var e trace.Event
		for key := range c.fields() {
			switch string(key) {
			case "timeunixnano":
				e.Time = trace.Micros(micros(c.number().n))
			case "name":
				e.Name = b.text(c.string())
			case "attributes":
				e.Attrs = b.otlpAttrs(c)
			case "droppedattributescount":
				s.Dropped += dropped(c.number())
			}
		}
		events = append(events, e)
	}
	return events
}

func (b *builder) otlpLinks(c *cursor, s *trace.Span) (links []trace.Link) {
	for range c.elements() {
		var l trace.Link
		for key := range c.fields() {
			switch string(key) {
			case "traceid":
				l.TraceID = b.traceID(c)
			case "spanid":
				l.SpanID = b.spanID(c)
			case "droppedattributescount":
				s.Dropped += dropped(c.number())
			}
		}
		links = append(links, l)
	}
	return links
}

func dropped(n number) int { return int(min(max(n.n, 0), 1<<30)) }

func (b *builder) otlpAttrs(c *cursor) trace.Attrs {
	list := b.slabs.list[:0]
	for range c.elements() {
		var a trace.Attr
		for key := range c.fields() {
			switch string(key) {
			case "key":
				a.Key = b.text(c.string())
			case "value":
				a.Value = b.otlpValue(c)
			}
		}
		if ofJaeger(a.Key) {
			b.ownAttribute(a)
		} else {
			list = append(list, a)
		}
	}
	b.slabs.list = list
	return b.slabs.attributes(list)
}

// otlpValue reads an AnyValue as text: scalars as they are, lists and maps as JSON.
func (b *builder) otlpValue(c *cursor) (value string) {
	for key := range c.fields() {
		switch string(key) {
		case "stringvalue", "intvalue", "doublevalue", "boolvalue", "bytesvalue":
			if !c.null() {
				value = b.text(c.text())
			}
		case "arrayvalue", "kvlistvalue":
			if plain := otlpPlain(c, string(key)); plain != nil {
				text, _ := json.Marshal(plain) // cannot fail: these are only strings, lists and maps
				value = b.text(text)
			}
		}
	}
	return value
}

// otlpPlain reads the value under a key of an AnyValue, without the wrappers at any level. (JSON within JSON would double its backslashes
// at each level.) It is nil if there is none.
func otlpPlain(c *cursor, key string) any {
	switch {
	case c.null():
		return nil
	case key == "arrayvalue":
		list := []any{}
		otlpValues(c, func() { list = append(list, otlpAny(c)) })
		return list
	case key == "kvlistvalue":
		m := map[string]any{}
		otlpValues(c, func() { otlpMember(c, m) })
		return m
	case strings.HasSuffix(key, "value"):
		return string(c.text())
	}
	return nil
}

// otlpValues visits the elements of {"values": […]}.
func otlpValues(c *cursor, visit func()) {
	for key := range c.fields() {
		if string(key) == "values" {
			for range c.elements() {
				visit()
			}
		}
	}
}

func otlpAny(c *cursor) any {
	value := any("")
	for key := range c.fields() {
		if plain := otlpPlain(c, string(key)); plain != nil {
			value = plain
		}
	}
	return value
}

func otlpMember(c *cursor, m map[string]any) {
	name, value := "", any("")
	for key := range c.fields() {
		switch string(key) {
		case "key":
			name = string(c.string())
		case "value":
			value = otlpAny(c)
		}
	}
	m[name] = value
}
