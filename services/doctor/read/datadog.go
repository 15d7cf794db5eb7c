package read

import (
	"cmp"
	"encoding/json"
	"maps"
	"slices"
	"strconv"
	"strings"

	"spanwise/doctor/trace"
)

// A datadogSpan is one of the Datadog agent's API (/v0.4/traces, a list of lists, times in ns), or of the trace that Datadog's pages
// load (an object of spans by id, times in seconds).
type datadogSpan struct {
	TraceID  datadogID `json:"trace_id"`
	SpanID   datadogID `json:"span_id"`
	ParentID datadogID `json:"parent_id"`

	Name, Resource, Service, Type, Hostname string

	Start, Duration json.Number
	Error           number
	Meta            map[string]json.RawMessage
	Metrics         map[string]json.RawMessage
}

// A datadogID is a number of 64 bits, or the text of one, or hex, which it becomes.
type datadogID string

func (id *datadogID) UnmarshalJSON(raw []byte) error {
	s := strings.Trim(string(raw), `"`)
	if n, err := strconv.ParseUint(s, 10, 64); err == nil {
		s = strconv.FormatUint(n, 16)
		s = strings.Repeat("0", 16-len(s)) + s
	}
	*id = datadogID(s)
	return nil
}

func (r *records) datadogSpan(raw []byte) error {
	var s datadogSpan
	if err := r.decode(raw, &s); err != nil {
		return err
	}
	attrs := plainAttrs(s.Meta)
	for key, value := range s.Metrics {
		setDefault(attrs, key, plainText(value))
	}
	out := &trace.Span{
		ID: spanID(string(s.SpanID)), ParentID: spanID(string(s.ParentID)), Service: s.Service, Host: cmp.Or(s.Hostname, attrs["_dd.hostname"]),
	}
	id := traceID(attrs["_dd.p.tid"] + string(s.TraceID)) // the upper half, which only some of a trace's spans have
	if id == "" {
		id = "0" // the first trace of those that Datadog's test agent writes
	}
	r.datadogNames(out, attrs, s.Type, s.Name, s.Resource)
	r.describe(out, attrs, s.Error.n != 0, "")
	start, duration := datadogTimes(s.Start, s.Duration)
	r.addLasting(id, start, duration, out)
	return nil
}

// datadogTrace reads the trace that Datadog's pages load.
func (r *records) datadogTrace(raw []byte) error {
	var t struct{ Spans map[string]json.RawMessage }
	if err := r.decode(raw, &t); err != nil {
		return err
	}
	ids := make([]string, 0, len(t.Spans))
	for id := range t.Spans {
		ids = append(ids, id)
	}
	slices.Sort(ids) // so that the same input gives the same trace
	for _, id := range ids {
		if err := r.datadogSpan(t.Spans[id]); err != nil {
			return err
		}
	}
	return nil
}

// datadogEvent reads a span of Datadog's public API (/api/v2/spans/events).
func (r *records) datadogEvent(raw []byte) error {
	var s struct {
		TraceID   datadogID `json:"trace_id"`
		SpanID    datadogID `json:"span_id"`
		ParentID  datadogID `json:"parent_id"`
		Start     instant   `json:"start_timestamp"`
		End       instant   `json:"end_timestamp"`
		Resource  string    `json:"resource_name"`
		Operation string    `json:"operation_name"`
		Status    string

		Service, Type, Host string
		Custom, Attributes  json.RawMessage
	}
	if err := r.decode(raw, &s); err != nil {
		return err
	}
	attrs := map[string]string{}
	flatten("", s.Attributes, attrs)
	flatten("", s.Custom, attrs)
	delete(attrs, "")
	out := &trace.Span{ID: spanID(string(s.SpanID)), ParentID: spanID(string(s.ParentID)), Service: s.Service, Host: s.Host}
	r.datadogNames(out, attrs, s.Type, s.Operation, s.Resource)
	r.describe(out, attrs, s.Status == "error" || attrs["error.type"] != "" || attrs["error.message"] != "", "")
	r.addEnding(traceID(string(s.TraceID)), s.Start.number, s.End.number, out)
	return nil
}

// datadogStores are the types of spans that are commands to a store; what they ask for is in the resource.
var datadogStores = []string{"sql", "cassandra", "mongodb", "redis", "memcached", "elasticsearch", "opensearch", "db", "cache", "valkey"}

// datadogNames sets the name, the kind and the attributes. The name of a span in Datadog is the library's; the resource tells which route or
// statement it was.
func (r *records) datadogNames(s *trace.Span, attrs map[string]string, spanType, name, resource string) {
	s.Name = cmp.Or(resource, name)
	store := slices.Contains(datadogStores, spanType)
	if store {
		s.Name = cmp.Or(name, resource)
		setDefault(attrs, "db.query.text", cmp.Or(attrs["db.statement"], attrs["sql.query"], resource))
		if spanType != "sql" && spanType != "db" && spanType != "cache" {
			setDefault(attrs, "db.system", spanType)
		}
	}
	setDefault(attrs, "operation.name", name)
	setDefault(attrs, "net.peer.name", cmp.Or(attrs["out.host"], attrs["network.destination.name"]))
	setDefault(attrs, "net.peer.port", cmp.Or(attrs["out.port"], attrs["network.destination.port"]))
	setDefault(attrs, "exception.message", cmp.Or(attrs["error.message"], attrs["error.msg"]))
	s.Kind = datadogKind(attrs["span.kind"], spanType, store)
	if base := attrs["_dd.base_service"]; base != "" || store {
		setDefault(attrs, "peer.service", s.Service) // such as web-postgres, for the calls of web
		s.Service = base
		r.orphan = r.orphan || base == ""
	}
	s.OneThread = attrs["language"] == "javascript"
	maps.DeleteFunc(attrs, func(key, _ string) bool { return strings.HasPrefix(key, "_") }) // Datadog's own
}

func datadogKind(kind, spanType string, store bool) trace.Kind {
	known := kindOf(kind)
	switch {
	case known != trace.Unknown:
		return known
	case spanType == "web" || spanType == "serverless":
		return trace.Server
	case spanType == "http" || store:
		return trace.Client
	case spanType == "worker":
		return trace.Consumer
	}
	return trace.Unknown
}

// datadogTimes converts times whose unit shows in the start: seconds, ms, µs or ns since the epoch.
func datadogTimes(start, duration json.Number) (from, lasts number) {
	at, err := start.Float64()
	if err != nil {
		return number{}, number{}
	}
	scale := 1e-3 // ns
	switch {
	case at < 1e11:
		scale = 1e6
	case at < 1e14:
		scale = 1e3
	case at < 1e17:
		scale = 1
	}
	if scale == 1e-3 {
		from, lasts = numberOf([]byte(start)).nanos(), numberOf([]byte(duration)).nanos() // a float has no room for ns
		return from, number{lasts.n, duration != ""}
	}
	from.scale([]byte(start), scale)
	lasts.scale([]byte(duration), scale)
	return from, lasts
}
