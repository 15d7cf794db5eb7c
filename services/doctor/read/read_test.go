package read_test

import (
	"bytes"
	"compress/gzip"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"spanwise/doctor/read"
	"spanwise/doctor/trace"
)

// The same call, client and server, in every format.
var sameCall = map[string]string{
	"jaeger": `{"data":[{"traceID":"0af7651916cd43dd8448eb211c80319c","spans":[
		{"traceID":"0af7651916cd43dd8448eb211c80319c","spanID":"00000000000000a1","operationName":"GET","startTime":1000,"duration":500,"processID":"p1",
		 "tags":[{"key":"span.kind","type":"string","value":"client"},{"key":"http.status_code","type":"int64","value":503},{"key":"error","type":"bool","value":true}],"references":[]},
		{"traceID":"0af7651916cd43dd8448eb211c80319c","spanID":"00000000000000b2","operationName":"GET /x","startTime":1100,"duration":300,"processID":"p2",
		 "tags":[{"key":"span.kind","type":"string","value":"server"}],"references":[{"refType":"CHILD_OF","traceID":"0af7651916cd43dd8448eb211c80319c","spanID":"00000000000000a1"}]}],
		"processes":{"p1":{"serviceName":"a","tags":[{"key":"hostname","value":"h1"}]},"p2":{"serviceName":"b","tags":[{"key":"ip","value":"h2"}]}}}]}`,
	"otlp": `{"resourceSpans":[
		{"resource":{"attributes":[{"key":"service.name","value":{"stringValue":"a"}},{"key":"host.name","value":{"stringValue":"h1"}}]},
		 "scopeSpans":[{"spans":[{"traceId":"0AF7651916CD43DD8448EB211C80319C","spanId":"00000000000000a1","name":"GET","kind":3,"startTimeUnixNano":"1000000","endTimeUnixNano":"1500000",
		  "attributes":[{"key":"span.kind","value":{"stringValue":"client"}},{"key":"http.status_code","value":{"intValue":"503"}},{"key":"error","value":{"boolValue":true}}],"status":{"code":2}}]}]},
		{"resource":{"attributes":[{"key":"service.name","value":{"stringValue":"b"}},{"key":"host.name","value":{"stringValue":"h2"}}]},
		 "instrumentationLibrarySpans":[{"spans":[{"traceId":"CvdlGRbNQ92ESOshHIAxnA==","spanId":"AAAAAAAAALI=","parentSpanId":"AAAAAAAAAKE=","name":"GET /x","kind":"SPAN_KIND_SERVER","startTimeUnixNano":1100000,"endTimeUnixNano":1400000,
		  "attributes":[{"key":"span.kind","value":{"stringValue":"server"}}],"status":{}}]}]}]}`,
	// As Python's protobuf writes it: MessageToDict(request, preserving_proto_field_name=True).
	"otlp, snake_case": `{"resource_spans":[
		{"resource":{"attributes":[{"key":"service.name","value":{"string_value":"a"}},{"key":"host.name","value":{"string_value":"h1"}}]},
		 "scope_spans":[{"scope":{"name":"x"},"spans":[{"trace_id":"CvdlGRbNQ92ESOshHIAxnA==","span_id":"AAAAAAAAAKE=","name":"GET","kind":"SPAN_KIND_CLIENT","start_time_unix_nano":"1000000","end_time_unix_nano":"1500000",
		  "attributes":[{"key":"span.kind","value":{"string_value":"client"}},{"key":"http.status_code","value":{"int_value":"503"}},{"key":"error","value":{"bool_value":true}}],"status":{"code":"STATUS_CODE_ERROR"}}]}]},
		{"resource":{"attributes":[{"key":"service.name","value":{"string_value":"b"}},{"key":"host.name","value":{"string_value":"h2"}}]},
		 "scope_spans":[{"spans":[{"trace_id":"CvdlGRbNQ92ESOshHIAxnA==","span_id":"AAAAAAAAALI=","parent_span_id":"AAAAAAAAAKE=","name":"GET /x","kind":"SPAN_KIND_SERVER","start_time_unix_nano":"1100000","end_time_unix_nano":"1400000",
		  "attributes":[{"key":"span.kind","value":{"string_value":"server"}}],"status":{}}],"schema_url":"s"}]}]}`,
	// As the Collector's file exporter writes it.
	"otlp, lines": `{"resourceSpans":[{"resource":{"attributes":[{"key":"service.name","value":{"stringValue":"a"}},{"key":"host.name","value":{"stringValue":"h1"}}]},` +
		`"scopeSpans":[{"scope":{},"spans":[{"traceId":"0af7651916cd43dd8448eb211c80319c","spanId":"00000000000000a1","parentSpanId":"","name":"GET","kind":3,"startTimeUnixNano":"1000000","endTimeUnixNano":"1500000",` +
		`"attributes":[{"key":"span.kind","value":{"stringValue":"client"}},{"key":"http.status_code","value":{"intValue":"503"}},{"key":"error","value":{"boolValue":true}}],"status":{"code":2}}]}],"schemaUrl":"s"}]}` +
		"\n" + `{"resourceMetrics":[{}]}` + "\n" + `{"resourceSpans":[` + strings.ReplaceAll(calleeBatch, "\n", "") + "]}\n",
	// As Grafana Tempo responds to /api/traces and /api/v2/traces.
	"tempo": `{"batches":[{"resource":{"attributes":[{"key":"service.name","value":{"stringValue":"a"}},{"key":"host.name","value":{"stringValue":"h1"}}]},
		 "instrumentationLibrarySpans":[{"instrumentationLibrary":{},"spans":[{"traceId":"CvdlGRbNQ92ESOshHIAxnA==","spanId":"AAAAAAAAAKE=","name":"GET","kind":"SPAN_KIND_CLIENT","startTimeUnixNano":"1000000","endTimeUnixNano":"1500000",
		  "attributes":[{"key":"span.kind","value":{"stringValue":"client"}},{"key":"http.status_code","value":{"intValue":"503"}},{"key":"error","value":{"boolValue":true}}]}]}]},
		` + calleeBatch + `]}`,
	"tempo v2": `{"trace":{"resourceSpans":[{"resource":{"attributes":[{"key":"service.name","value":{"stringValue":"a"}},{"key":"host.name","value":{"stringValue":"h1"}}]},
		 "scopeSpans":[{"scope":{},"spans":[{"traceId":"CvdlGRbNQ92ESOshHIAxnA==","spanId":"AAAAAAAAAKE=","name":"GET","kind":"SPAN_KIND_CLIENT","startTimeUnixNano":"1000000","endTimeUnixNano":"1500000",
		  "attributes":[{"key":"span.kind","value":{"stringValue":"client"}},{"key":"http.status_code","value":{"intValue":"503"}},{"key":"error","value":{"boolValue":true}}]}]}]},
		` + calleeBatch + `]},"metrics":{"inspectedBytes":"14270"}}`,
	"zipkin": `[{"traceId":"0af7651916cd43dd8448eb211c80319c","id":"00000000000000a1","kind":"CLIENT","name":"GET","timestamp":1000,"duration":500,"localEndpoint":{"serviceName":"a","ipv4":"h1"},"tags":{"span.kind":"client","http.status_code":"503","error":"true"}},
		{"traceId":"0af7651916cd43dd8448eb211c80319c","id":"00000000000000b2","parentId":"00000000000000a1","kind":"SERVER","name":"GET /x","timestamp":1100,"duration":300,"localEndpoint":{"serviceName":"b","ipv4":"h2"},"tags":{"span.kind":"server"}}]`,
}

const calleeBatch = `{"resource":{"attributes":[{"key":"service.name","value":{"stringValue":"b"}},{"key":"host.name","value":{"stringValue":"h2"}}]},
		 "scopeSpans":[{"scope":{},"spans":[{"traceId":"CvdlGRbNQ92ESOshHIAxnA==","spanId":"AAAAAAAAALI=","parentSpanId":"AAAAAAAAAKE=","name":"GET /x","kind":"SPAN_KIND_SERVER","startTimeUnixNano":"1100000","endTimeUnixNano":"1400000",
		  "attributes":[{"key":"span.kind","value":{"stringValue":"server"}}]}]}]}`

// asRead leaves out what trace.New adds.
var asRead = cmp.Options{cmpopts.IgnoreFields(trace.Span{}, "Parent", "Children", "Index"), cmpopts.IgnoreUnexported(trace.Span{})}

func wantCall() []*trace.Span {
	return []*trace.Span{
		{ID: "00000000000000a1", Service: "a", Host: "h1", Name: "GET", Kind: trace.Client, Start: 1000, Duration: 500, Error: true,
			Attrs: trace.AttrsOf(map[string]string{"span.kind": "client", "http.status_code": "503", "error": "true"})},
		{ID: "00000000000000b2", ParentID: "00000000000000a1", Service: "b", Host: "h2", Name: "GET /x", Kind: trace.Server, Start: 1100, Duration: 300,
			Attrs: trace.AttrsOf(map[string]string{"span.kind": "server"})},
	}
}

// Every format of the same call gives the same spans, plain and gzipped.
func TestFormatsAgree(t *testing.T) {
	for name, input := range sameCall {
		for wrapping, r := range map[string]string{"plain": input, "gzip": zip(t, input), "bom": "\xef\xbb\xbf " + input} {
			t.Run(name+"/"+wrapping, func(t *testing.T) {
				traces, err := read.All(strings.NewReader(r))
				if err != nil {
					t.Fatal(err)
				}
				if len(traces) != 1 || traces[0].ID != "0af7651916cd43dd8448eb211c80319c" {
					t.Fatalf("got %d traces, want the one", len(traces))
				}
				if diff := cmp.Diff(wantCall(), traces[0].Spans, asRead); diff != "" {
					t.Errorf("spans (-want +got):\n%s", diff)
				}
			})
		}
	}
}

func zip(t *testing.T, s string) string {
	t.Helper()
	var b bytes.Buffer
	z := gzip.NewWriter(&b)
	if _, err := z.Write([]byte(s)); err != nil {
		t.Fatal(err)
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return b.String()
}
