package read

// maxText is how much of a text is compared with the patterns.
const maxText = 4096

// byOTLP is what to do instead of a console exporter.
const byOTLP = " (try: the OTLP exporter to a Jaeger, and: doctor TRACE_ID)"

// texts are what people take for a trace, by a regular expression for how it begins.
var texts = []struct{ pattern, what string }{
	{`^[0-9a-fA-F]{16,32}\s*$`, "a trace id, not a trace (try: doctor TRACE_ID)"},
	{`^00-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{2}\s*$`, "a traceparent header, not a trace (try: doctor TRACE_ID with its second part)"},
	{`(?m)^(# (HELP|TYPE) |[a-z_:]+\{[a-z_]+=")`, "Prometheus metrics, not a trace"},
	{`(?m)^Spans\s*\n\s*Resource`, "text of Rust's stdout exporter, which is for people" + byOTLP},
	{`(?m)^\s*(ResourceSpans #\d|Span #\d)`, "text of the Collector's debug exporter, which is for people (try: its file exporter, and: doctor FILE)"},
	{`(?m)^Activity\.TraceId:`, "text of .NET's console exporter, which is for people" + byOTLP},
	{`#<struct OpenTelemetry::SDK`, "text of Ruby's console exporter, which is for people" + byOTLP},
	{`(?m)[0-9a-f]{32} [0-9a-f]{16} (INTERNAL|SERVER|CLIENT|PRODUCER|CONSUMER) \[tracer:`, "text of Java's logging exporter, which is for people (try: OTEL_TRACES_EXPORTER=experimental-otlp/stdout, whose lines doctor reads)"},
	{`(?i)^["\w .-]*(trace|span)[\w "]*[,;\t]["\w .-]+[,;\t]`, "a table (CSV), not JSON (try: the JSON of one trace, from the back end's page or API)"},
	{`^(curl: |HTTP/\d)`, "the output of curl, not a trace (try: curl -fsS)"},
	{`(?m)^\S*\d\d:\d\d:\d\d`, "a log, not a trace"},
	{`(?m)^(INFO|DEBUG|WARN|WARNING|ERROR|TRACE)\b`, "a log, not a trace"},
}
