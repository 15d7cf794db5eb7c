package read_test

import (
	"strings"
	"testing"

	"spanwise/doctor/read"
)

// What is not a trace, or not one that can be read, is rejected by its right name, with what to do instead.
func TestRefused(t *testing.T) {
	tar := "app.json" + strings.Repeat("\x00", 249) + "ustar\x0000"
	for _, test := range []struct{ name, input, want string }{
		{"Tempo's search", `{"traces":[{"traceID":"2f3e0cee77ae5dc9c17ade3689eb2e54","rootServiceName":"shop","rootTraceName":"GET /","startTimeUnixNano":"1684778327699392724","durationMs":557,"spanSets":[{"spans":[{"spanID":"563d623c76514f8e","startTimeUnixNano":"1684778327735077898","durationNanos":"446979497"}],"matched":1}]}],"metrics":{}}`, "a search response of Grafana Tempo"},
		{"Jaeger's summaries", `{"summaries":[{"errorSpanCount":1,"maxEndTimeUnixNano":"2","rootOperationName":"GET /","rootServiceName":"a","spanCount":2,"traceId":"00000000000000000000000000000001"}]}`, "Jaeger's trace summaries"},
		{"Elastic's agents", `{"metadata":{"service":{"name":"a"}}}` + "\n" + `{"transaction":{"id":"1","trace_id":"2","name":"GET","type":"request","duration":5.0,"timestamp":1,"span_count":{"started":1}}}`, "what Elastic APM's agents send"},
		{"Sentry's event", `{"event_id":"e","type":"transaction","transaction":"GET /a","spans":[{"trace_id":"t","span_id":"s","op":"db","description":"SELECT 1","start_timestamp":1.0,"timestamp":2.0}]}`, "a Sentry event"},
		{"Sentry's spans first", `{"spans":[{"trace_id":"t","span_id":"s","op":"db","start_timestamp":1.0,"timestamp":2.0}],"event_id":"e"}`, "a list of Sentry spans"},
		{"Google Cloud Trace v1", `{"projectId":"p","traceId":"4bf92f3577b34da6a3ce929d0e0e4736","spans":[{"spanId":"1","kind":"RPC_SERVER","name":"/","startTime":"2026-01-01T00:00:00Z","endTime":"2026-01-01T00:00:01Z","labels":{}}]}`, "a trace of Google Cloud Trace"},
		{"Google Cloud Trace v2", `{"spans":[{"name":"projects/p/traces/t/spans/s","spanId":"s","displayName":{"value":"/"},"startTime":"2026-01-01T00:00:00Z"}]}`, "a trace of Google Cloud Trace"},
		{"Jaeger's services", `{"data":["shop","stock"],"total":2,"limit":0,"offset":0,"errors":null}`, "a list of names (services or operations?)"},
		{"Jaeger's operations", `{"data":[{"name":"GET","spanKind":"server"}],"total":1}`, "Jaeger's list of operations"},
		{"Jaeger v3's operations", `{"operations":[{"name":"GET","spanKind":"server"}]}`, "Jaeger's list of operations"},
		{"Jaeger's dependencies", `{"data":[{"parent":"a","child":"b","callCount":3}]}`, "a list of which service calls which"},
		{"Zipkin's services", `["shop","stock"]`, "a list of names (services or operations?)"},
		{"Zipkin's dependencies", `[{"parent":"a","child":"b","callCount":3}]`, "a list of which service calls which"},
		{"X-Ray's summaries", `{"TraceSummaries":[{"Id":"1-5759e988-bd862e3fe1be46a994272793","Duration":0.2}],"ApproximateTime":1.0}`, "X-Ray's trace summaries"},
		{"SkyWalking's list", `{"data":{"data":{"traces":[{"key":"k","endpointNames":["/a"],"duration":5,"start":"1","isError":false,"traceIds":["t"]}]}}}`, "a SkyWalking list of traces"},
		{"Chrome's trace events", `{"traceEvents":[{"name":"x","ph":"X","ts":1,"dur":2,"pid":1,"tid":1}]}`, "Chrome trace events"},
		{"a list of them", `[{"name":"x","ph":"X","ts":1,"dur":2,"pid":1,"tid":1}]`, "Chrome trace events"},
		{"a HAR", `{"log":{"version":"1.2","creator":{"name":"x"},"entries":[]}}`, "an HTTP archive (HAR)"},
		{"a CPU profile", `{"nodes":[],"startTime":1,"endTime":2,"samples":[],"timeDeltas":[]}`, "a CPU profile of V8"},
		{"Prometheus's answer", `{"status":"success","data":{"resultType":"vector","result":[]}}`, "a response of Prometheus or Loki"},
		{"Grafana's frames", `{"results":{"A":{"status":200,"frames":[{"schema":{"fields":[{"name":"traceID"}]},"data":{"values":[["t"]]}}]}}}`, "a data frame of Grafana's"},
		{"an empty search of Tempo's", `{"traces":[],"metrics":{"inspectedBytes":"1"}}`, "a search response of Grafana Tempo without a trace"},
		{"New Relic", `[{"common":{"attributes":{"service.name":"a"}},"spans":[{"trace.id":"1","id":"2","attributes":{"duration.ms":12.5,"name":"/home"}}]}]`, "spans as New Relic's Trace API takes them (try: "},
		{"New Relic's spans first", `[{"spans":[{"id":"2","trace.id":"1","attributes":{"duration.ms":12.5,"name":"/home"}}]}]`, "spans as New Relic's Trace API takes them"},
		{"Sentry's envelope", `{"event_id":"9ec7","sent_at":"2026-01-01T00:00:00Z"}` + "\n" + `{"type":"transaction"}` + "\n" + `{"type":"transaction","transaction":"x","contexts":{"trace":{"trace_id":"1","span_id":"2"}},"spans":[]}`, "a Sentry envelope"},
		{"Lightstep", `{"data":{"id":"x","type":"stored-trace","attributes":{"spans":[{"span-id":"1","span-name":"GET","start-time-micros":1}]}}}`, "a trace of Lightstep"},
		{"SigNoz", `{"status":"success","data":[{"columns":["__time","SpanId"],"events":[[1,"a"]]}]}`, "a trace of SigNoz"},
		{"Application Insights", `{"name":"Microsoft.ApplicationInsights.x.Request","time":"2026-01-01T00:00:00Z","iKey":"x","tags":{"ai.operation.id":"1"},"data":{"baseType":"RequestData","baseData":{"ver":2}}}`, "telemetry of Application Insights"},
		{"Azure's tables", `{"tables":[{"name":"PrimaryResult","columns":[{"name":"timestamp","type":"datetime"}],"rows":[["2026","a"]]}]}`, "tables of an Azure Monitor query"},
		{"Dynatrace", `{"records":[{"span.id":"b","trace.id":"a","start_time":"2026"}],"types":[]}`, "spans of Dynatrace"},
		{"Instana's traces", `{"items":[{"trace":{"id":"a","label":"x","startTime":1,"duration":2}}],"canLoadMore":false}`, "traces of Instana"},
		{"Instana's calls", `{"items":[{"id":"a","timestamp":1,"duration":2,"minSelfTime":1}],"canLoadMore":false}`, "traces of Instana"},
		{"k6", `{"type":"Metric","data":{"name":"x"},"metric":"x"}` + "\n" + `{"type":"Point","data":{"value":1},"metric":"x"}` + "\n", "metrics of k6, not a trace"},
		{"X-Ray's documents as text", `["{\"trace_id\":\"1-581cf771-a006649127e371903a2de979\",\"id\":\"70de5b6f19ff9a0a\"}"]`, "a list of documents (X-Ray segments?), each as text (try: jq -r '.[]' FILE | doctor -)"},
		{"Rust's stdout", "Spans\nResource\n\t ->  service.name=String(Owned(\"x\"))\nSpan #0\n\tName        : \"a\"\n", "text of Rust's stdout exporter, which is for people (try: the OTLP exporter"},
		{"metrics as JSON", `{"resourceMetrics":[{"resource":{},"scopeMetrics":[]}]}`, "OTLP metrics or logs, not traces"},
		{"logs as JSON", `{"resourceLogs":[{"resource":{},"scopeLogs":[]}]}` + "\n" + `{"resourceLogs":[]}`, "OTLP metrics or logs, not traces"},
		{"Prometheus's text", "# HELP up Is it\n# TYPE up gauge\nup 1\n", "Prometheus metrics, not a trace"},
		{"a trace id", "4bf92f3577b34da6a3ce929d0e0e4736\n", "a trace id, not a trace (try: doctor TRACE_ID)"},
		{"a traceparent", "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01", "a traceparent header"},
		{"a table", "traceID,spanID,service,duration\n1,2,shop,5\n", "a table (CSV), not JSON"},
		{"a table of Grafana's", "\"Trace ID\",\"Trace name\",Start\n1,2,3\n", "a table (CSV), not JSON"},
		{"a log", "2026-01-01T10:00:00Z INFO listening\n", "a log, not a trace"},
		{"a log of JSON", `{"level":"info","msg":"listening","time":"2026-01-01T10:00:00Z"}` + "\n" + `{"level":"info","msg":"GET /"}` + "\n", "a log, not a trace"},
		{"the debug exporter", "2026-01-01T10:00:00.000Z\tinfo\tTraces\nResourceSpans #0\nResource SchemaURL:\nSpan #0\n    Trace ID       : 4bf9\n", "text of the Collector's debug exporter"},
		{".NET's console", "Activity.TraceId:            4bf92f3577b34da6a3ce929d0e0e4736\nActivity.SpanId: 00f0\n", "text of .NET's console exporter"},
		{"Ruby's console", "#<struct OpenTelemetry::SDK::Trace::SpanData\n name=\"x\">\n", "text of Ruby's console exporter"},
		{"Java's logging", "[otel.javaagent 2026-01-01 10:00:00] INFO LoggingSpanExporter - 'GET /' : 4bf92f3577b34da6a3ce929d0e0e4736 00f067aa0ba902b7 SERVER [tracer: x:1] AttributesMap\n", "text of Java's logging exporter"},
		{"a gRPC message", "\x00\x00\x00\x00" + string([]byte{byte(len(request(caller())))}) + request(caller()), "a gRPC message"},
		{"a pprof profile", zip(t, "\x0a\x04\x08\x01\x10\x02\x12\x0a\x0a\x04\x01\x02\x03\x04\x12\x02\x05\x06"), "a pprof profile, not a trace"},
		{"Zipkin's protobuf", request(string(msg(nil).bytes(1, protoTraceID).bytes(3, protoSpanID(1)))), "spans of Zipkin as protobuf"},
		{"Zipkin's Thrift", "\x0c\x00\x00\x00\x02\x0a\x00\x01\x00\x00\x00\x00\x00\x00\x00\x01", "Zipkin Thrift"},
		{"Parquet", "PAR1\x15\x04", "Parquet"},
		{"a zip archive", "PK\x03\x04\x14\x00", "a zip archive"},
		{"a tar archive", tar, "a tar archive"},
		{"a tar archive, gzipped", zip(t, tar), "a tar archive"},
		{"xz", "\xfd7zXZ\x00\x00", "xz"},
		{"MessagePack of Datadog", "\x93\x84\xa8trace_id\xcf", "spans of Datadog as MessagePack"},
		{"more of it", "\xdd\x00\x00\x00\x01\x91\x8c\xa8trace_id", "spans of Datadog as MessagePack"},
		{"binary of no known kind", "\x93\x84\x01\x02", "not JSON at byte 0"},
		{"an object of other things", `{"spans":[{"id":"1","label":"x"}]}`, "no readable span: 1 span without operationName and startTime, so not Jaeger's"},
		{"no times", `{"data":[{"traceID":"t","spans":[{"spanID":"1","operationName":"op"},{"spanID":"2","operationName":"op"}]}]}`, "no span of trace t has a start"},
		{"no times in OTLP", `{"resourceSpans":[{"scopeSpans":[{"spans":[{"traceId":"t","spanId":"1","name":"n","startTimeUnixNano":"0","endTimeUnixNano":"0"}]}]}]}`, "no span of trace t has a start"},
		{"no times in Go's stdouttrace", `{"Name":"x","SpanContext":{"TraceID":"4bf92f3577b34da6a3ce929d0e0e4736","SpanID":"00f067aa0ba902b7"},"SpanKind":1,"StartTime":"0001-01-01T00:00:00Z","EndTime":"0001-01-01T00:00:00Z"}`, "no span of trace 4bf92f3577b34da6a3ce929d0e0e4736 has a start"},
	} {
		t.Run(test.name, func(t *testing.T) {
			traces, err := read.All(strings.NewReader(test.input))
			if err == nil || !strings.Contains(err.Error(), test.want) {
				t.Errorf("got %d traces and %v, want an error with %q", len(traces), err, test.want)
			}
		})
	}
}

// A trace without times among others is left out, and the others say so.
func TestUntimedAmongOthers(t *testing.T) {
	got := one(t, `{"data":[{"traceID":"t","spans":[{"spanID":"1","operationName":"op"}]},{"traceID":"u","spans":[{"spanID":"1","operationName":"op","startTime":5,"duration":4}]}]}`)
	if notes := strings.Join(got.Notes, "\n"); got.ID != "u" || !strings.Contains(notes, "left out because none of its spans has a start: trace t") {
		t.Errorf("trace %s with notes %q, want u with a note about t", got.ID, notes)
	}
}
