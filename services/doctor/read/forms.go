package read

import "sync"

// A form is a way to write spans as JSON objects, or something else that people take for a trace.
type form struct {
	name  string
	needs []string // the keys by which an object is recognized; of "a|b", one is enough
	under string   // the key under which the object must be, if it matters
	up    string   // if the object is under this key, what holds the key is the record
	read  func(*records, []byte) error
	step  string // if nothing reads it: what to do instead

	stream  bool   // document reads a whole input of them, faster than record by record
	list    bool   // that is, if it is a list
	console bool   // they are printed one after the other, perhaps among other lines
	masks   []mask // needs, as sniff compares them
}

// has reports whether keys recognize an object of this form.
func (f *form) has(keys *mask) bool {
	for i := range f.masks {
		if !f.masks[i].meets(keys) {
			return false
		}
	}
	return true
}

// forms are tried in this order whenever an object shows another key, so what is more specific comes first.
var forms []form

// fillForms fills the table when it is first used, so that it costs nothing where the first key shows the format. It is set by init
// because the readers refer to the table.
var fillForms func()

func init() {
	fillForms = sync.OnceFunc(func() {
		forms = append(readable, refused...)
		numberKeys()
	})
}

var readable = []form{
	{name: "OTLP JSON", needs: []string{"resourceSpans|batches|resource_spans"}, stream: true, read: (*records).document},
	{name: "OTLP JSON", needs: []string{"scopeSpans|scope_spans|instrumentationLibrarySpans"}, read: (*records).otlpBatch},
	{name: "OTLP JSON", needs: []string{"spanId", "startTimeUnixNano", "traceId"}, read: (*records).otlpBare},
	{name: "OTLP JSON", needs: []string{"span_id", "start_time_unix_nano", "trace_id"}, read: (*records).otlpBare},
	{name: "Jaeger JSON", needs: []string{"operationName|operation_name", "spanID|spanId|span_id"}, under: "spans", up: "spans", stream: true, read: (*records).document},
	{name: "Jaeger spans", needs: []string{"operationName|operation_name", "spanID|spanId|span_id", "startTime|start_time"}, read: (*records).jaegerDocument},
	{name: "Zipkin v1 JSON", needs: []string{"binaryAnnotations"}, read: (*records).zipkinV1},
	{name: "Zipkin v1 JSON", needs: []string{"endpoint", "value"}, under: "annotations", up: "annotations", read: (*records).zipkinV1},
	{name: "Zipkin JSON", needs: []string{"traceId", "id", "localEndpoint|remoteEndpoint|kind|tags|shared"}, stream: true, list: true, read: (*records).zipkinBare},
	{name: "Go's stdouttrace", needs: []string{"SpanContext", "StartTime", "SpanKind"}, console: true, read: (*records).stdouttrace},
	{name: "OpenTelemetry Python's console", needs: []string{"context", "start_time", "parent_id|kind"}, console: true, read: (*records).pythonConsole},
	{name: "Elastic APM", needs: []string{"@timestamp", "trace|trace.id", "transaction|transaction.id|span|span.id", "processor|processor.event|timestamp|timestamp.us"}, read: (*records).elasticAPM},
	{name: "OpenTelemetry in Elasticsearch", needs: []string{"@timestamp", "trace_id", "span_id", "duration"}, read: (*records).elasticOTel},
	{name: "OpenSearch Data Prepper", needs: []string{"traceId", "spanId", "durationInNanos"}, read: (*records).dataPrepper},
	{name: "X-Ray", needs: []string{"Id", "Document"}, read: (*records).xrayDocument},
	{name: "X-Ray", needs: []string{"trace_id", "start_time", "name", "id"}, read: (*records).xraySegment},
	{name: "Datadog", needs: []string{"trace_id", "span_id", "start", "duration"}, read: (*records).datadogSpan},
	{name: "Datadog", needs: []string{"root_id", "spans"}, read: (*records).datadogTrace},
	{name: "Datadog", needs: []string{"trace_id", "span_id", "start_timestamp", "resource_name|operation_name"}, read: (*records).datadogEvent},
	{name: "SkyWalking", needs: []string{"segmentId", "spanId", "parentSpanId"}, read: (*records).skyWalking},
}
