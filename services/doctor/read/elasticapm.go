package read

import (
	"cmp"
	"strings"

	"spanwise/doctor/trace"
)

// elasticAPM reads a transaction or a span as Elastic APM stores it, a document each
// (https://www.elastic.co/docs/solutions/observability/apm/transactions). A transaction is a span that began in its service.
func (r *records) elasticAPM(raw []byte) error {
	doc := map[string]string{}
	if err := r.decode(raw, &struct{}{}); err != nil {
		return err
	}
	flatten("", raw, doc)
	event := doc["processor.event"]
	if event != "" && event != "transaction" && event != "span" {
		r.others++ // an error, a metric or a log
		return nil
	}
	kind := "span"
	if event == "transaction" || doc["span.id"] == "" {
		kind = "transaction"
	}
	out := &trace.Span{
		ID: spanID(doc[kind+".id"]), ParentID: spanID(doc["parent.id"]), Name: doc[kind+".name"], Kind: elasticKind(doc, kind),
		Service: doc["service.name"],
		Host:    cmp.Or(doc["host.hostname"], doc["host.name"], doc["kubernetes.pod.name"], doc["container.id"], doc["service.node.name"]),
	}
	out.OneThread = doc["agent.name"] == "nodejs"
	r.describe(out, elasticAttrs(doc), doc["event.outcome"] == "failure", "")
	if out.ParentID == "" && kind == "span" {
		out.ParentID = spanID(doc["transaction.id"]) // before 7.0, a span of the transaction itself has no parent
	}
	if doc["span.composite.count"] != "" {
		r.note("standing for several calls each, because the agent compresses equal ones")
	}
	r.lost += numberOf([]byte(doc["transaction.span_count.dropped"])).n
	start, duration := numberOf([]byte(doc["timestamp.us"])), numberOf([]byte(doc[kind+".duration.us"]))
	if !start.known {
		start = parseTime(doc["@timestamp"])
	}
	if !duration.known {
		duration = numberOf([]byte(doc["event.duration"])).nanos()
	}
	r.addLasting(traceID(doc["trace.id"]), start, duration, out)
	return nil
}

func elasticKind(doc map[string]string, kind string) trace.Kind {
	if known := kindOf(doc["span.kind"]); known != trace.Unknown {
		return known
	}
	what, action := doc[kind+".type"], doc["span.action"]
	switch {
	case kind == "transaction" && what == "messaging":
		return trace.Consumer
	case kind == "transaction" && what == "request":
		return trace.Server
	case what == "messaging" && (action == "send" || action == "publish"):
		return trace.Producer
	case what == "external" || what == "db" || what == "cache" || what == "storage" || what == "messaging":
		return trace.Client
	}
	return trace.Internal
}

// elasticNames are the fields that say what a span did, and the attributes in which OpenTelemetry says the same.
var elasticNames = [][2]string{
	{"span.db.statement", "db.query.text"}, {"span.db.type", "db.system"}, {"span.db.instance", "db.namespace"},
	{"span.db.rows_affected", "db.rows_affected"},
	{"span.http.url.original", "url.full"}, {"url.full", "url.full"}, {"url.original", "url.full"}, {"url.path", "url.path"},
	{"span.http.method", "http.request.method"}, {"http.request.method", "http.request.method"},
	{"span.http.response.status_code", "http.response.status_code"}, {"http.response.status_code", "http.response.status_code"},
	{"span.destination.service.resource", "peer.service"}, {"destination.address", "server.address"}, {"destination.port", "server.port"},
	{"span.message.queue.name", "messaging.destination.name"}, {"transaction.message.queue.name", "messaging.destination.name"},
	{"span.composite.count", "span.composite.count"}, {"span.composite.sum.us", "span.composite.sum.us"},
	{"transaction.result", "transaction.result"}, {"span.type", "span.type"}, {"span.subtype", "span.subtype"}, {"span.action", "span.action"},
}

func elasticAttrs(doc map[string]string) map[string]string {
	attrs := rename(doc, elasticNames)
	if doc["span.type"] == "db" && doc["span.subtype"] != "" {
		attrs["db.system"] = doc["span.subtype"] // span.db.type is sql for all relational databases
	}
	for key, value := range doc {
		if label, found := strings.CutPrefix(key, "labels."); found {
			setDefault(attrs, label, value)
		} else if label, found := strings.CutPrefix(key, "numeric_labels."); found {
			setDefault(attrs, label, value)
		}
	}
	return attrs
}
