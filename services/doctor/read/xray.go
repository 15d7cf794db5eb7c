package read

import (
	"cmp"
	"encoding/json"
	"path"
	"slices"
	"strings"

	"spanwise/doctor/trace"
)

// An xraySegment is a segment document of AWS X-Ray, or a subsegment in it
// (https://docs.aws.amazon.com/xray/latest/devguide/xray-api-segmentdocuments.html).
type xraySegment struct {
	ID, Name  string
	TraceID   string  `json:"trace_id"`
	ParentID  string  `json:"parent_id"`
	StartTime seconds `json:"start_time"`
	EndTime   seconds `json:"end_time"`
	Type      string  // subsegment, for one that was sent by itself
	Namespace string  // aws or remote, for a call
	Inferred  bool    // made by X-Ray from a call
	Error     bool    // 4xx
	Throttle  bool
	Fault     bool
	HTTP      json.RawMessage
	AWS       json.RawMessage
	SQL       json.RawMessage
	Cause     json.RawMessage

	Annotations map[string]json.RawMessage
	Subsegments []xraySegment
}

// xrayDocument reads an element of Segments in the answer of BatchGetTraces, whose document is JSON as text.
func (r *records) xrayDocument(raw []byte) error {
	var segment struct{ Document text }
	if err := r.decode(raw, &segment); err != nil {
		return err
	}
	return r.xraySegment([]byte(segment.Document))
}

func (r *records) xraySegment(raw []byte) error {
	var s xraySegment
	if err := r.decode(raw, &s); err != nil {
		return err
	}
	if s.Type == "subsegment" {
		r.orphan = true
		r.addXray(&s, xrayTraceID(s.TraceID), s.ParentID, "", "", trace.Internal) // of its parent's service, see inherit
	} else {
		r.addXray(&s, xrayTraceID(s.TraceID), s.ParentID, s.Name, "", trace.Server)
	}
	return nil
}

// xrayTraceID is an id without the version and the dashes of X-Ray.
func xrayTraceID(id string) string {
	return traceID(strings.ReplaceAll(strings.TrimPrefix(id, "1-"), "-", ""))
}

func (r *records) addXray(s *xraySegment, traceID, parent, service, host string, kind trace.Kind) {
	out := &trace.Span{ID: spanID(s.ID), ParentID: spanID(parent), Name: s.Name, Service: service, Kind: kind}
	if s.Namespace != "" {
		out.Kind = trace.Client
	}
	r.describe(out, s.attrs(), s.Fault || s.Throttle || s.Error && out.Kind != trace.Server, "")
	out.Host, out.Events = cmp.Or(out.Attrs.Get("aws.ec2.instance_id"), host), s.exceptions()
	if s.Inferred {
		r.inferred = append(r.inferred, out)
	}
	r.addEnding(traceID, s.StartTime.number, s.EndTime.number, out)
	for i := range s.Subsegments {
		sub := &s.Subsegments[i]
		r.addXray(sub, traceID, cmp.Or(sub.ParentID, s.ID), service, out.Host, trace.Internal)
	}
}

// xrayNames are the fields that say what a segment did, and the attributes in which OpenTelemetry says the same.
var xrayNames = [][2]string{
	{"http.request.url", "url.full"}, {"http.request.method", "http.request.method"}, {"http.response.status", "http.response.status_code"},
	{"http.response.content_length", "http.response.body.size"},
	{"sql.sanitized_query", "db.query.text"}, {"sql.database_type", "db.system"},
	{"aws.operation", "rpc.method"}, {"aws.table_name", "aws.dynamodb.table_names"}, {"aws.bucket_name", "aws.s3.bucket"}, {"aws.key", "aws.s3.key"},
	{"aws.retries", "aws.retries"}, {"aws.region", "aws.region"}, {"aws.ec2.instance_id", "aws.ec2.instance_id"},
}

func (s *xraySegment) attrs() map[string]string {
	flat := map[string]string{}
	flatten("http", s.HTTP, flat)
	flatten("aws", s.AWS, flat)
	flatten("sql", s.SQL, flat)
	attrs := rename(flat, xrayNames)
	for key, raw := range s.Annotations {
		setDefault(attrs, key, plainText(raw))
	}
	if s.Namespace == "aws" {
		setDefault(attrs, "rpc.system", "aws-api")
		setDefault(attrs, "rpc.service", s.Name)
	}
	if s.Namespace != "" {
		setDefault(attrs, "peer.service", s.Name)
	}
	if queue := flat["aws.queue_url"]; queue != "" {
		setDefault(attrs, "messaging.destination.name", path.Base(queue))
	}
	if system := attrs["db.system"]; system != "" {
		attrs["db.system"] = strings.ToLower(system)
	}
	return attrs
}

func (s *xraySegment) exceptions() []trace.Event {
	var cause struct {
		Exceptions []struct{ Type, Message string }
	}
	json.Unmarshal(s.Cause, &cause) // or it is the id of another exception
	var events []trace.Event
	for _, e := range cause.Exceptions {
		events = append(events, trace.Event{Time: trace.Micros(s.EndTime.n), Name: "exception",
			Attrs: trace.AttrsOf(map[string]string{"exception.type": e.Type, "exception.message": e.Message})})
	}
	return events
}

// foldInferred leaves out the segments that X-Ray inferred from calls which are there themselves.
func (r *records) foldInferred() {
	for _, d := range r.order {
		byID := d.byID()
		instead := map[string]string{} // of an inferred segment, the call
		for _, s := range r.inferred {
			if byID[s.ID] == s && byID[s.ParentID] != nil && byID[s.ParentID] != s {
				instead[s.ID] = s.ParentID
			}
		}
		d.spans = slices.DeleteFunc(d.spans, func(s *trace.Span) bool { return instead[s.ID] != "" })
		if n := len(instead); n > 0 {
			d.notes["inferred by X-Ray from a call that is there, left out"] = n
		}
		for _, s := range d.spans {
			if call := instead[s.ParentID]; call != "" {
				s.ParentID = call
			}
		}
	}
}
