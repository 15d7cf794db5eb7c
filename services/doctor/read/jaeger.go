package read

import (
	"cmp"
	"strconv"
	"strings"

	"spanwise/doctor/trace"
)

// A jaegerTrace is one element of "data". Spans name their process by a key that usually comes after them.
type jaegerTrace struct {
	id       string
	spans    []pending
	process  map[string]jaegerProcess
	warnings []string
}

type jaegerProcess struct {
	ServiceName string
	Tags        []jaegerTag
}

type jaegerTag struct {
	Key   string
	Value text
}

type jaegerSpan struct {
	TraceID, SpanID, ParentSpanID, OperationName, ProcessID string
	References                                              []struct{ RefType, TraceID, SpanID string }
	StartTime, Duration                                     number
	Tags                                                    []jaegerTag
	Logs                                                    []struct {
		Timestamp number
		Fields    []jaegerTag
	}
	Process  *jaegerProcess
	Warnings []string
}

// jaegerField reads one field of a trace.
func (d *document) jaegerField(t *jaegerTrace, key string) error {
	switch key {
	case "traceID":
		return d.span(&t.id)
	case "processes":
		return d.span(&t.process)
	case "warnings":
		return d.span(&t.warnings)
	}
	return d.each(func() error {
		var s jaegerSpan
		if err := d.span(&s); err != nil {
			return err
		}
		t.spans = append(t.spans, d.jaegerSpan(&s))
		return nil
	})
}

// jaegerDone adds a trace's spans once its processes are known.
func (d *document) jaegerDone(t *jaegerTrace) {
	hosts, threads := make(map[string]string, len(t.process)), map[string]bool{}
	for key, p := range t.process {
		tags := jaegerTags(p.Tags)
		hosts[key], threads[key] = host(tags), oneThread(tags)
	}
	id := traceID(t.id)
	for _, s := range t.spans {
		if p, ok := t.process[s.process]; ok {
			s.Service, s.Host, s.OneThread = p.ServiceName, hosts[s.process], threads[s.process]
		} else if s.Service == "" {
			d.note("of an unknown process, read without a service")
		}
		if s.traceID == "" {
			s.traceID = id
			for i := range s.Links {
				s.Links[i].TraceID = cmp.Or(s.Links[i].TraceID, id)
			}
		}
		d.add(s)
	}
	for _, w := range t.warnings {
		d.draft(id).remarks = append(d.draft(id).remarks, "warning from Jaeger: "+w)
	}
}

// jaegerSpan converts a span. Its parent is the first CHILD_OF in the same trace; all other references are links.
func (d *document) jaegerSpan(s *jaegerSpan) pending {
	attrs := jaegerTags(s.Tags)
	out := &trace.Span{
		ID: spanID(s.SpanID), ParentID: spanID(s.ParentSpanID), Name: s.OperationName,
		Attrs: attrs, Kind: kindOf(attrs["span.kind"]), Error: hasError(attrs), Dropped: lost(attrs),
	}
	own := traceID(s.TraceID)
	for _, r := range s.References {
		other, span := traceID(r.TraceID), spanID(r.SpanID)
		if other == "" {
			other = own
		}
		if r.RefType == "CHILD_OF" && other == own && (out.ParentID == "" || out.ParentID == span) {
			out.ParentID = span
		} else {
			out.Links = append(out.Links, trace.Link{TraceID: other, SpanID: span})
		}
	}
	for _, l := range s.Logs {
		e := trace.Event{Time: trace.Micros(l.Timestamp.n), Attrs: jaegerTags(l.Fields)}
		e.Name = cmp.Or(e.Attrs["event"], e.Attrs["message"])
		out.Events = append(out.Events, e)
	}
	for _, w := range s.Warnings {
		if strings.Contains(w, "adjust") {
			d.note("that Jaeger moved in time to hide clock skew (raw traces are better)")
		}
	}
	if s.Process != nil {
		tags := jaegerTags(s.Process.Tags)
		out.Service, out.Host, out.OneThread = s.Process.ServiceName, host(tags), oneThread(tags)
	}
	if !s.Duration.known {
		d.note("without a duration, treated as zero-length")
		out.Mistimed = true
	}
	return pending{own, s.ProcessID, s.StartTime, after(s.StartTime, s.Duration), out}
}

func jaegerTags(tags []jaegerTag) map[string]string {
	m := make(map[string]string, len(tags))
	for _, t := range tags {
		m[intern(t.Key)] = string(t.Value)
	}
	return m
}

// kindOf reads span.kind, a Zipkin kind, or OTLP's SPAN_KIND_* and numbers.
func kindOf(s string) trace.Kind { return kinds[strings.TrimPrefix(strings.ToLower(s), "span_kind_")] }

var kinds = map[string]trace.Kind{
	"internal": trace.Internal, "1": trace.Internal,
	"server": trace.Server, "2": trace.Server,
	"client": trace.Client, "3": trace.Client,
	"producer": trace.Producer, "4": trace.Producer,
	"consumer": trace.Consumer, "5": trace.Consumer,
}

// hasError reports whether tags mark a span as failed, as OpenTracing, Zipkin, or OpenTelemetry's translations do.
func hasError(attrs map[string]string) bool {
	e, ok := attrs["error"]
	return ok && !strings.EqualFold(e, "false") || strings.EqualFold(attrs["otel.status_code"], "ERROR")
}

// lost adds up the tags in which Jaeger counts what a tracer dropped.
func lost(attrs map[string]string) (n int) {
	for _, key := range []string{"otel.dropped_attributes_count", "otel.dropped_events_count", "otel.dropped_links_count"} {
		dropped, _ := strconv.Atoi(attrs[key])
		n += min(max(dropped, 0), 1<<30)
	}
	return n
}
