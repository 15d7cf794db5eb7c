package read

// What people take for a trace, or what cannot be read, by its right name and with what to do instead.

const (
	viaCollector = "send the spans through an OpenTelemetry Collector to its file exporter, and read that file"
	byTraceID    = "ask for one trace by its id"
)

var refused = []form{
	{name: "a search response of Grafana Tempo, which has only some spans of each trace", needs: []string{"traceID", "rootServiceName|rootTraceName"},
		step: "doctor -tempo http://HOST:3200 TRACE_ID, which gets the whole trace"},
	{name: "Jaeger's trace summaries, which have no spans", needs: []string{"traceId", "rootServiceName|rootOperationName"}, step: byTraceID},
	{name: "a search response of Grafana Tempo without a trace in it", needs: []string{"traces", "metrics"}, step: "search a longer time, then: doctor -tempo http://HOST:3200 TRACE_ID"},
	{name: "a Sentry envelope", needs: []string{"event_id", "dsn|sent_at"}, step: viaCollector},
	{name: "a Sentry event", needs: []string{"event_id", "contexts|transaction|breadcrumbs|platform|exception|start_timestamp|project_slug"}, step: viaCollector},
	{name: "a Sentry event", needs: []string{"contexts", "transaction"}, step: viaCollector},
	{name: "a list of Sentry spans", needs: []string{"span_id", "op", "start_timestamp"}, step: viaCollector},
	{name: "a trace of Google Cloud Trace", needs: []string{"projectId", "traceId"}, step: viaCollector},
	{name: "a trace of Google Cloud Trace", needs: []string{"displayName", "spanId"}, step: viaCollector},
	{name: "Jaeger's list of operations", needs: []string{"name", "spanKind"}, under: "data", step: byTraceID},
	{name: "Jaeger's list of operations", needs: []string{"name", "spanKind"}, under: "operations", step: byTraceID},
	{name: "a list of which service calls which", needs: []string{"parent", "child", "callCount"}, step: byTraceID},
	{name: "X-Ray's trace summaries, which have no spans", needs: []string{"TraceSummaries"},
		step: "get the traces: aws xray batch-get-traces --trace-ids ID"},
	{name: "a SkyWalking list of traces, which has no spans", needs: []string{"traceIds", "endpointNames"},
		step: "get one trace with the query queryTrace"},
	{name: "what Elastic APM's agents send to their server", needs: []string{"trace_id", "span_count"}, under: "transaction", step: "read the documents that the server stored in Elasticsearch"},
	{name: "spans as New Relic's Trace API takes them", needs: []string{"common", "spans"}, step: viaCollector},
	{name: "spans as New Relic's Trace API takes them", needs: []string{"trace.id", "id", "attributes"}, step: viaCollector},
	{name: "a trace of Lightstep", needs: []string{"span-id|span-guid", "span-name|start-time-micros"}, step: viaCollector},
	{name: "a trace of Lightstep", needs: []string{"spans"}, under: "attributes", step: viaCollector},
	{name: "a trace of SigNoz", needs: []string{"columns", "events"}, step: viaCollector},
	{name: "telemetry of Application Insights", needs: []string{"iKey", "name|time|tags|data"}, step: viaCollector},
	{name: "telemetry of Application Insights", needs: []string{"baseType", "baseData"}, step: viaCollector},
	{name: "tables of an Azure Monitor query", needs: []string{"columns", "rows"}, under: "tables", step: viaCollector},
	{name: "spans of Dynatrace", needs: []string{"trace.id", "span.id", "start_time"}, step: viaCollector},
	{name: "traces of Instana", needs: []string{"id", "label", "startTime"}, under: "trace", step: viaCollector},
	{name: "traces of Instana", needs: []string{"timestamp", "duration", "minSelfTime|callId|foreignParentId"}, step: viaCollector},
	{name: "metrics of k6, not a trace", needs: []string{"type", "data", "metric"}, step: byTraceID},
	{name: "Honeycomb events", needs: []string{"trace.trace_id", "trace.span_id"}, step: viaCollector},
	{name: "rows of the Collector's ClickHouse exporter", needs: []string{"TraceId", "SpanId", "SpanName"}, step: viaCollector},
	{name: "Chrome trace events (also Perfetto's), which are not a distributed trace", needs: []string{"traceEvents"}, step: "open it in ui.perfetto.dev"},
	{name: "Chrome trace events (also Perfetto's), which are not a distributed trace", needs: []string{"ph", "ts", "pid|tid"}, step: "open it in ui.perfetto.dev"},
	{name: "a CPU profile of V8", needs: []string{"nodes", "samples|timeDeltas"}, step: "open it in a browser's developer tools"},
	{name: "a Speedscope profile", needs: []string{"shared", "profiles"}, step: "open it in speedscope.app"},
	{name: "an HTTP archive (HAR)", needs: []string{"startedDateTime", "request|timings"}, step: "open it in a browser's developer tools"},
	{name: "an HTTP archive (HAR)", needs: []string{"creator", "pages|entries"}, under: "log", step: "open it in a browser's developer tools"},
	{name: "a data frame of Grafana's, a query's response", needs: []string{"schema", "data"}, step: "download the trace from Grafana's Explore, or give its address to doctor"},
	{name: "a response of Prometheus or Loki", needs: []string{"resultType", "result"}, step: byTraceID},
}

// segments are X-Ray's segment documents, each as text, such as a query of the AWS command line leaves.
var segments = form{name: "a list of documents (X-Ray segments?), each as text", step: "jq -r '.[]' FILE | doctor -"}

// names is a list of words where spans would be, such as the services that Jaeger or Zipkin knows.
var names = form{name: "a list of names (services or operations?), not a trace", step: byTraceID}
