package read

import (
	"strings"

	"spanwise/doctor/trace"
)

// elasticOTel reads a span as Elasticsearch stores those of OpenTelemetry without making them Elastic APM's, a document each
// (https://github.com/open-telemetry/opentelemetry-collector-contrib/tree/main/exporter/elasticsearchexporter, mapping mode otel).
func (r *records) elasticOTel(raw []byte) error {
	doc := map[string]string{}
	if err := r.decode(raw, &struct{}{}); err != nil {
		return err
	}
	flatten("", raw, doc)
	resource := r.attrs(under(doc, "resource.attributes.", ""))
	out := &trace.Span{
		ID: spanID(doc["span_id"]), ParentID: spanID(doc["parent_span_id"]), Name: doc["name"], Kind: kindOf(doc["kind"]),
		Service: resource.Get("service.name"), Host: host(resource), OneThread: oneThread(resource),
	}
	r.describe(out, under(doc, "attributes.", ""), strings.EqualFold(doc["status.code"], "error"), doc["status.message"])
	r.addLasting(traceID(doc["trace_id"]), parseTime(doc["@timestamp"]), numberOf([]byte(doc["duration"])).nanos(), out)
	return nil
}

// dataPrepper reads a span as OpenSearch's Data Prepper stores it, a document each, with @ for each dot in the names of attributes.
func (r *records) dataPrepper(raw []byte) error {
	doc := map[string]string{}
	if err := r.decode(raw, &struct{}{}); err != nil {
		return err
	}
	flatten("", raw, doc)
	resource := r.attrs(under(doc, "resource.attributes.", "@"))
	out := &trace.Span{
		ID: spanID(doc["spanId"]), ParentID: spanID(doc["parentSpanId"]), Name: doc["name"], Kind: kindOf(doc["kind"]),
		Service: doc["serviceName"], Host: host(resource), OneThread: oneThread(resource),
	}
	r.describe(out, under(doc, "span.attributes.", "@"), doc["status.code"] == "2", doc["status.message"])
	r.addLasting(traceID(doc["traceId"]), parseTime(doc["startTime"]), numberOf([]byte(doc["durationInNanos"])).nanos(), out)
	return nil
}

// under are the values under a prefix, with dots in their names instead of what stands for them.
func under(doc map[string]string, prefix, dot string) map[string]string {
	values := map[string]string{}
	for key, value := range doc {
		if name, found := strings.CutPrefix(key, prefix); found {
			if dot != "" {
				name = strings.ReplaceAll(name, dot, ".")
			}
			values[name] = value
		}
	}
	return values
}
