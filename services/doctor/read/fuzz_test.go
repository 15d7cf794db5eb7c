package read_test

import (
	"bytes"
	"testing"

	"github.com/google/go-cmp/cmp"

	"spanwise/doctor/read"
)

// Whatever the input, reading ends, the spans are consistent, and reading again gives the same traces.
func check(t *testing.T, input []byte) {
	traces, err := read.All(bytes.NewReader(input))
	if err != nil {
		return
	}
	for _, tr := range traces {
		if len(tr.Spans) == 0 || tr.ID == "" {
			t.Errorf("trace %q has %d spans", tr.ID, len(tr.Spans))
		}
		for _, s := range tr.Spans {
			if s.ID == "" || s.Duration < 0 || s.End() < s.Start || s.Dropped < 0 {
				t.Errorf("span %q takes %d from %d, lost %d", s.ID, s.Duration, s.Start, s.Dropped)
			}
		}
	}
	again, err := read.All(bytes.NewReader(input))
	if err != nil || len(again) != len(traces) {
		t.Fatalf("read %d traces, then %d, %v", len(traces), len(again), err)
	}
	for i := range traces {
		if diff := cmp.Diff(traces[i].Spans, again[i].Spans, asRead); diff != "" {
			t.Fatalf("the second reading differs:\n%s", diff)
		}
		if diff := cmp.Diff(traces[i].Notes, again[i].Notes); diff != "" {
			t.Fatalf("the second reading has different notes:\n%s", diff)
		}
	}
}

// Whatever looks like Jaeger JSON is read without a panic, and what was read holds together (see check).
func FuzzJaeger(f *testing.F) {
	f.Add([]byte(sameCall["jaeger"]))
	f.Add([]byte(`{"traceID":"t","spans":[{"spanID":"1","parentSpanID":"1","startTime":-9e18,"duration":9e18,"processID":null}],"processes":null}`))
	f.Add([]byte(`{"data":[{"traceID":"t","spans":[{"traceID":"t","spanID":"1","flags":1,"operationName":"op","references":[{"refType":"FOLLOWS_FROM","traceID":"u","spanID":"9"}],"startTime":1,"duration":2,"tags":[{"key":"a","type":"bool","value":true}],"logs":[{"timestamp":2,"fields":[{"key":"event","type":"string","value":"x"}]}],"processID":"p1","warnings":["clock skew adjustment disabled"]}],"processes":{"p1":{"serviceName":"s","tags":[]}},"warnings":null}],"total":0,"limit":0,"offset":0,"errors":[{"code":500,"msg":"m","traceID":"u"}]}`))
	f.Add([]byte(`{"data":[null,[{"traceID":"t","warnings":[""],"spans":[{"spanID":"1"},{"spanID":"1"}]}]]}`))
	f.Fuzz(check)
}

// The same holds for OTLP JSON, in all the forms in which it comes.
func FuzzOTLP(f *testing.F) {
	f.Add([]byte(sameCall["otlp"]))
	f.Add([]byte(`{"result":` + batch("t", "a", "a") + "}\n" + batch("t", "b", "a")))
	f.Add([]byte(sameCall["otlp, snake_case"]))
	f.Add([]byte(sameCall["otlp, lines"]))
	f.Add([]byte("{\"resourceSpans\":[]}\n{\"resourceSpans\":[{\"scopeSp\n\n{]\n" + batch("t", "b", "a")))
	f.Add([]byte(sameCall["tempo"]))
	f.Add([]byte(sameCall["tempo v2"]))
	f.Add([]byte(`{"resource_spans":[{"scope_spans":[{"spans":[{"trace_id":"t","span_id":"1","attributes":[{"key":"a_b","value":{"string_value":"\"c_d\":"}}]}]}]}]}`))
	f.Add([]byte(`{"trace":{"resourceSpans":[]},"status":"PARTIAL","message":"too large"}{"error":{"grpcCode":13,"httpCode":500,"message":"m"}}`))
	f.Add([]byte(`[{"batches":[{"scopeSpans":[null,{"spans":[{"traceId":"AAAA","spanId":"////////////","startTimeUnixNano":1e19}]}]}]}]`))
	f.Fuzz(check)
}

// The same holds for Zipkin v2 JSON.
func FuzzZipkin(f *testing.F) {
	f.Add([]byte(sameCall["zipkin"]))
	f.Add([]byte(braveAndEnvoy))
	f.Add([]byte(`[[{"traceId":"t","id":"1","kind":"CLIENT"},{"traceId":"t","id":"1","parentId":"1","kind":"SERVER"}],[]]`))
	f.Add([]byte(`[{"traceId":"t","id":"1","parentId":"2"},{"traceId":"t","id":"2","parentId":"1","annotations":[{"timestamp":"x"}]}]`))
	f.Fuzz(check)
}

// The same holds for all other forms of spans as JSON, and as the consoles of OpenTelemetry print them.
func FuzzForms(f *testing.F) {
	for _, a := range samples(f) {
		f.Add(a.Files[0].Data)
	}
	f.Add([]byte("{\n  traceId: 'a', timestamp: 1,\n  x: [Object: null prototype] { 'b': Map(1) {'a' => 1}, c: `\\u{1}` },\n  y: [ [Circular *1], ... 2 more items ]\n}\n{"))
	for _, line := range containerLogs {
		f.Add([]byte(line("stdout", printedSpan) + line("stderr", "{")))
	}
	f.Add([]byte("2026-01-01T10:00:00Z stdout  {\n2026-01-01T10:00:00Z stderr P\n{\"log\":\"{\",\"stream\":\"stdout\"}"))
	f.Add([]byte(`[[[{"trace_id":18446744073709551615,"span_id":-1,"start":1e400,"duration":"x"}]]]`))
	f.Add([]byte(`{"hits":{"total":9,"hits":[{"_source":{"traceID":"t","spanID":"1","operationName":"o","startTime":1,"tag":7},"x":{"root_id":1,"spans":{"a":null}}}]}}`))
	f.Add([]byte(`{"Traces":[{"Segments":[{"Id":"1","Document":"{\"id\":\"1\",\"trace_id\":\"1-2-3\",\"subsegments\":[{\"id\":\"1\"}]}"},{"Id":"2","Document":7}]}]}`))
	f.Fuzz(check)
}

// The same holds for OTLP as protobuf, in all the ways in which it is wrapped.
func FuzzProto(f *testing.F) {
	for _, input := range sameCallProto(f) {
		f.Add([]byte(input))
	}
	f.Add([]byte("\x00\x00\x00\x02\x0a\x00\x00\x00\x00\x04\x28\xb5\x2f\xfd"))
	f.Fuzz(check)
}
