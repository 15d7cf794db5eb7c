package read

import (
	"cmp"
	"slices"
	"strconv"
	"strings"

	"spanwise/doctor/trace"
)

// A jaegerTrace is one element of "data". Spans name their process by a key that usually comes after them.
type jaegerTrace struct {
	id        string
	spans     []pending
	processes map[string]jaegerProcess
	warnings  []string
	process   jaegerProcess // of all spans, in a batch that Jaeger's protobuf has
}

type jaegerProcess struct {
	service, host string
	oneThread     bool // see trace.Span
}

// jaegerField reads one field of a trace.
func (d *document) jaegerField(t *jaegerTrace, key string) error {
	switch key {
	case "traceid":
		return d.whole(func(c *cursor) { t.id = d.traceID(c) })
	case "processes":
		return d.whole(func(c *cursor) { t.processes = d.jaegerProcesses(c) })
	case "processmap":
		return d.whole(func(c *cursor) { t.processes = d.jaegerProcessMap(c) })
	case "process":
		return d.whole(func(c *cursor) { t.process = d.jaegerProcess(c) })
	case "warnings":
		return d.whole(func(c *cursor) { t.warnings = d.jaegerWarnings(c) })
	}
	return d.each(func() error {
		return d.whole(func(c *cursor) {
			if s := d.jaegerSpan(c); s.Name != "" || s.start.known {
				t.spans = append(t.spans, s)
			} else {
				d.note("without operationName and startTime, so not Jaeger's, left out")
			}
		})
	})
}

// jaegerDone adds a trace's spans once its processes are known.
func (d *document) jaegerDone(t *jaegerTrace) {
	for _, s := range t.spans {
		if p, ok := t.processes[s.process]; ok {
			s.Service, s.Host, s.OneThread = p.service, p.host, p.oneThread
		} else if s.Service == "" {
			s.Service, s.Host, s.OneThread = t.process.service, t.process.host, t.process.oneThread
		}
		if s.Service == "" {
			d.note("of an unknown process, read without a service")
		}
		if s.traceID == "" {
			s.traceID = t.id
			for i := range s.Links {
				s.Links[i].TraceID = cmp.Or(s.Links[i].TraceID, t.id)
			}
		}
		d.add(s)
	}
	for _, w := range t.warnings {
		d.draft(t.id).remarks = append(d.draft(t.id).remarks, "warning from Jaeger: "+w)
	}
}

func (b *builder) jaegerProcesses(c *cursor) map[string]jaegerProcess {
	processes := map[string]jaegerProcess{}
	for key := range c.members() {
		id := b.text(key)
		processes[id] = b.jaegerProcess(c)
	}
	return processes
}

// jaegerProcessMap reads the processes as protobuf has them, a list.
func (b *builder) jaegerProcessMap(c *cursor) map[string]jaegerProcess {
	processes := map[string]jaegerProcess{}
	for range c.elements() {
		var id string
		var process jaegerProcess
		for key := range c.fields() {
			switch string(key) {
			case "processid":
				id = b.text(c.string())
			case "process":
				process = b.jaegerProcess(c)
			}
		}
		processes[id] = process
	}
	return processes
}

func (b *builder) jaegerProcess(c *cursor) (p jaegerProcess) {
	for key := range c.fields() {
		switch string(key) {
		case "servicename":
			p.service = b.text(c.string())
		case "tags":
			tags := b.jaegerTags(c)
			p.host, p.oneThread = cmp.Or(host(tags), p.host), oneThread(tags)
		case "tag":
			tags := b.jaegerFields(c)
			p.host, p.oneThread = cmp.Or(p.host, host(tags)), p.oneThread || oneThread(tags)
		}
	}
	return p
}

func (b *builder) jaegerWarnings(c *cursor) (warnings []string) {
	for range c.elements() {
		warnings = append(warnings, b.text(c.string()))
	}
	return warnings
}

func (b *builder) jaegerSpan(c *cursor) pending {
	p := pending{Span: b.slabs.span()}
	var references []jaegerReference
	var duration number
	var fields trace.Attrs
	for key := range c.fields() {
		switch string(key) {
		case "traceid":
			p.traceID = b.traceID(c)
		case "spanid":
			p.ID = b.spanID(c)
		case "parentspanid":
			p.ParentID = b.spanID(c)
		case "operationname":
			p.Name = b.text(c.string())
		case "references":
			references = b.jaegerReferences(c)
		case "starttime":
			p.start = jaegerTime(c)
		case "duration":
			duration = jaegerDuration(c)
		case "tags":
			p.Attrs = b.jaegerTags(c)
		case "tag":
			fields = b.jaegerFields(c)
		case "logs":
			p.Events = b.jaegerLogs(c)
		case "processid":
			p.process = b.text(c.string())
		case "process":
			process := b.jaegerProcess(c)
			p.Service, p.Host, p.OneThread = process.service, process.host, process.oneThread
		case "warnings":
			b.warnings = append(b.warnings, b.jaegerWarnings(c)...)
		}
	}
	b.noteWarnings()
	for _, a := range fields {
		p.Attrs.Set(a.Key, a.Value)
	}
	p.Kind, p.Error, p.Dropped = kindOf(p.Attrs.Get("span.kind")), hasError(p.Attrs), lost(p.Attrs)
	p.Weight = trace.WeightOf(p.Attrs.Get("w3c.tracestate"))
	p.refer(references)
	if !duration.known && p.start.known {
		b.note("without a duration, treated as zero-length")
		p.Mistimed = true
	}
	p.end = after(p.start, duration)
	return p
}

type jaegerReference struct{ kind, traceID, spanID string }

func (b *builder) jaegerReferences(c *cursor) []jaegerReference {
	list := b.references[:0]
	for range c.elements() {
		var r jaegerReference
		for key := range c.fields() {
			switch string(key) {
			case "reftype":
				r.kind = b.text(c.string())
			case "traceid":
				r.traceID = b.traceID(c)
			case "spanid":
				r.spanID = b.spanID(c)
			}
		}
		list = append(list, r)
	}
	b.references = list
	return list
}

// refer sets the parent, which is the first CHILD_OF in the span's own trace or, if there is none, the first FOLLOWS_FROM in it: Jaeger
// writes only the latter where a span is both a child of another and linked to it, as spans of messages are. All other references are
// links.
func (p *pending) refer(references []jaegerReference) {
	first := -1 // of the links, the one that could be the parent
	for _, r := range references {
		other := cmp.Or(r.traceID, p.traceID)
		inside, childOf := other == p.traceID && r.spanID != "", r.kind == "CHILD_OF" || r.kind == "" // protobuf leaves it out
		if inside && childOf && (p.ParentID == "" || p.ParentID == r.spanID) {
			p.ParentID = r.spanID
			continue
		}
		if inside && !childOf && first < 0 {
			first = len(p.Links)
		}
		p.Links = append(p.Links, trace.Link{TraceID: other, SpanID: r.spanID})
	}
	if p.ParentID == "" && first >= 0 {
		p.ParentID = p.Links[first].SpanID
		p.Links = slices.Delete(p.Links, first, first+1)
		if len(p.Links) == 0 {
			p.Links = nil
		}
	}
}

func (b *builder) jaegerLogs(c *cursor) (events []trace.Event) {
	for range c.elements() {
		var e trace.Event
		for key := range c.fields() {
			switch string(key) {
			case "timestamp":
				e.Time = trace.Micros(jaegerTime(c).n)
			case "fields":
				e.Attrs = b.jaegerTags(c)
			}
		}
		e.Name = cmp.Or(e.Attrs.Get("event"), e.Attrs.Get("message"))
		events = append(events, e)
	}
	return events
}

func (b *builder) jaegerTags(c *cursor) trace.Attrs {
	list := b.slabs.list[:0]
	for range c.elements() {
		if a := b.jaegerTag(c); ofJaeger(a.Key) {
			b.ownAttribute(a)
		} else {
			list = append(list, a)
		}
	}
	b.slabs.list = list
	return b.slabs.attributes(list)
}

// jaegerTag reads a tag. In the JSON of protobuf its value has its type in the key, and is left out if it is empty, zero or false.
func (b *builder) jaegerTag(c *cursor) (a trace.Attr) {
	kind := ""
	for key := range c.fields() {
		switch string(key) {
		case "key":
			a.Key = b.text(c.string())
		case "value", "vstr", "vint64", "vfloat64", "vbool", "vbinary":
			if value := c.text(); a.Value == "" {
				a.Value = b.text(value)
			}
		case "vtype":
			kind = b.text(c.text())
		}
	}
	if a.Value == "" {
		a.Value = jaegerZeros[kind]
	}
	return a
}

// jaegerZeros are the values that protobuf leaves out, by type.
var jaegerZeros = map[string]string{"BOOL": "false", "1": "false", "INT64": "0", "2": "0", "FLOAT64": "0", "3": "0"}

// kindOf reads span.kind, a Zipkin kind, or OTLP's SPAN_KIND_* and numbers.
func kindOf(s string) trace.Kind {
	if kind, known := kinds[s]; known {
		return kind
	}
	return kinds[strings.TrimPrefix(strings.ToLower(s), "span_kind_")]
}

var kinds = map[string]trace.Kind{
	"internal": trace.Internal, "1": trace.Internal,
	"server": trace.Server, "2": trace.Server,
	"client": trace.Client, "3": trace.Client,
	"producer": trace.Producer, "4": trace.Producer,
	"consumer": trace.Consumer, "5": trace.Consumer,
}

// hasError reports whether tags mark a span as failed, as OpenTracing, Zipkin, or OpenTelemetry's translations do.
func hasError(attrs trace.Attrs) bool {
	e, ok := attrs.Lookup("error")
	return ok && !strings.EqualFold(e, "false") || strings.EqualFold(attrs.Get("otel.status_code"), "ERROR")
}

// lost adds up the tags in which Jaeger counts what a tracer dropped.
func lost(attrs trace.Attrs) (n int) {
	for _, key := range []string{"otel.dropped_attributes_count", "otel.dropped_events_count", "otel.dropped_links_count"} {
		dropped, _ := strconv.Atoi(attrs.Get(key))
		n += min(max(dropped, 0), 1<<30)
	}
	return n
}
