package read_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"spanwise/doctor/read"
	"spanwise/doctor/trace"
)

// batch is a document with one span.
func batch(traceID, id, parent string) string {
	return fmt.Sprintf(`{"resourceSpans":[{"scopeSpans":[{"spans":[{"traceId":%q,"spanId":%q,"parentSpanId":%q,"name":"n","startTimeUnixNano":"1000","endTimeUnixNano":"2000"}]}],
		"resource":{"attributes":[{"key":"service.name","value":{"stringValue":"s"}}]}}]}`, traceID, id, parent)
}

// Batches of one trace are joined however they are wrapped: NDJSON, a list, Jaeger's {"result":…}, or a mixture.
func TestBatchesOfOneTraceJoin(t *testing.T) {
	a, b, other := batch("t1", "a", ""), batch("t1", "b", "a"), batch("t2", "c", "")
	for name, input := range map[string]string{
		"lines":        a + "\n" + other + "\n" + b + "\n",
		"no separator": a + other + b,
		"list":         "[" + a + "," + other + "," + b + "]",
		"result":       `{"result":` + a + `}{"result":` + other + `}{"result":` + b + `}`,
		"empty lines":  "\n\n" + a + "\n\n" + `{"resourceSpans":[]}` + other + "\n" + `{"resourceSpans":null}` + b,
	} {
		t.Run(name, func(t *testing.T) {
			traces, err := read.All(strings.NewReader(input))
			if err != nil {
				t.Fatal(err)
			}
			var got []string
			for _, tr := range traces {
				for _, s := range tr.Spans {
					got = append(got, tr.ID+"/"+s.ID+"<"+s.ParentID+" of "+s.Service)
				}
			}
			if want := []string{"t1/a< of s", "t1/b<a of s", "t2/c< of s"}; !slices.Equal(got, want) {
				t.Errorf("got %q, want %q", got, want)
			}
		})
	}
}

// An incomplete last line is left out, with a note.
func TestUnfinishedLine(t *testing.T) {
	whole := batch("t1", "a", "")
	got := one(t, whole+"\n"+whole[:100])
	if len(got.Spans) != 1 || len(got.Notes) != 1 || !strings.Contains(got.Notes[0], "cut off at byte") {
		t.Errorf("got %d spans and notes %q, want 1 and where it was cut off", len(got.Spans), got.Notes)
	}
}

// A broken line in the middle of a file loses the rest of that line, and is counted.
func TestBrokenLines(t *testing.T) {
	document := func(id, parent string) string { return strings.ReplaceAll(batch("t1", id, parent), "\n", "") }
	a, b, c := document("a", ""), document("b", "a"), document("c", "a")
	for name, test := range map[string]struct {
		input string
		spans int
		note  string
	}{
		"torn":           {a + "\n" + b[:100] + "\n" + c + "\n", 2, "1 line is broken; the rest of it is left out (OTLP JSON, byte "},
		"torn and glued": {a + "\n" + b[:100] + c + "\n" + b + "\n" + c + "\n", 3, "1 line is broken"},
		"words":          {a + "\nkilled\n" + b + "\nkilled\n" + c, 3, "2 lines are broken; the rest of each is left out (the first: OTLP JSON, byte "},
		"the last":       {a + "\n" + b + "\n" + c[:100], 2, "the input is cut off at byte "},
		"empty":          {a + "\n\n \r\n" + b + "\r\n" + c + "\r\n", 3, ""},
	} {
		got := one(t, test.input)
		if notes := strings.Join(got.Notes, "\n"); len(got.Spans) != test.spans || test.note == "" && notes != "" || !strings.HasPrefix(notes, test.note) {
			t.Errorf("%s: %d spans and notes %q, want %d and %q", name, len(got.Spans), got.Notes, test.spans, test.note)
		}
	}
	if _, err := read.All(strings.NewReader("{}\n{]\n{}\n")); err == nil || !strings.HasPrefix(err.Error(), "JSON, byte ") {
		t.Errorf("without any span: %v, want where it broke", err)
	}
}

// Attributes, events, links, status and dropped counts are read in all their spellings.
func TestOTLPDetails(t *testing.T) {
	got := one(t, `{"resourceSpans":[{"resource":{"attributes":[{"key":"service.name","value":{"stringValue":"s"}},{"key":"k8s.pod.name","value":{"stringValue":"pod"}}]},"scopeSpans":[{"scope":{"name":"x"},"spans":[
		{"traceId":"t","spanId":"1","name":"n","kind":"4","startTimeUnixNano":"1767225600000001499","endTimeUnixNano":1767225600000002500,
		 "attributes":[{"key":"i","value":{"intValue":"-7"}},{"key":"j","value":{"intValue":8}},{"key":"d","value":{"doubleValue":0.5}},{"key":"b","value":{"boolValue":false}},{"key":"e","value":{}},
		  {"key":"bytes","value":{"bytesValue":"AAE="}},{"key":"l","value":{"arrayValue":{"values":[{"stringValue":"x"},{"intValue":"2"}]}}},{"key":"m","value":{"kvlistValue":{"values":[{"key":"k","value":{"stringValue":"v"}}]}}}],
		 "events":[{"timeUnixNano":"1767225600000002000","name":"exception","attributes":[{"key":"exception.type","value":{"stringValue":"E"}}],"droppedAttributesCount":1}],
		 "links":[{"traceId":"u","spanId":"9","droppedAttributesCount":2}],"droppedAttributesCount":4,"droppedEventsCount":8,"droppedLinksCount":16,
		 "status":{"code":"STATUS_CODE_ERROR","message":"boom"}}]}]}]}`)
	want := &trace.Span{ID: "1", Service: "s", Host: "pod", Name: "n", Kind: trace.Producer, Start: 1767225600000001, Duration: 2, Error: true, Dropped: 31,
		Attrs:  trace.AttrsOf(map[string]string{"i": "-7", "j": "8", "d": "0.5", "b": "false", "e": "", "bytes": "AAE=", "l": `["x","2"]`, "m": `{"k":"v"}`, "otel.status_description": "boom"}),
		Events: []trace.Event{{Time: 1767225600000002, Name: "exception", Attrs: trace.AttrsOf(map[string]string{"exception.type": "E"})}},
		Links:  []trace.Link{{TraceID: "u", SpanID: "9"}}}
	if diff := cmp.Diff(want, got.Spans[0], asRead); diff != "" {
		t.Errorf("span (-want +got):\n%s", diff)
	}
}

// Only keys change their spelling: names and values of attributes stay the same, even if they look like a key.
func TestSnakeCaseKeysOnly(t *testing.T) {
	got := one(t, `[{"resource_spans":[{"scope_spans":[{"spans":[{"trace_id" : "t","span_id":"1","name":"n","start_time_unix_nano":"1000","end_time_unix_nano":"2000","dropped_events_count":3,
		"attributes":[{"key":"trace_id","value":{"string_value":"{\"span_id\": 1}"}},{"key":"a","value":{"array_value":{"values":[{"string_value":"x_y"},{"kvlist_value":{"values":[{"key":"k_k","value":{"int_value":"7"}}]}}]}}}],
		"events":[{"time_unix_nano":"1500","name":"start_time","dropped_attributes_count":1}],"links":[{"trace_id":"u","span_id":"9"}]}]}]}]}]`)
	want := &trace.Span{ID: "1", Service: "unknown_service", Name: "n", Start: 1, Duration: 1, Dropped: 4,
		Attrs:  trace.AttrsOf(map[string]string{"trace_id": `{"span_id": 1}`, "a": `["x_y",{"k_k":"7"}]`}),
		Events: []trace.Event{{Time: 2, Name: "start_time", Attrs: nil}},
		Links:  []trace.Link{{TraceID: "u", SpanID: "9"}}}
	if diff := cmp.Diff(want, got.Spans[0], asRead); diff != "" {
		t.Errorf("span (-want +got):\n%s", diff)
	}
}

// The message of a server that has only part of a trace, or none, becomes a note. (Grafana Tempo's status and message.)
func TestPartialAnswer(t *testing.T) {
	got := one(t, `{"trace":`+batch("t", "1", "")+`,"metrics":{},"status":"PARTIAL","message":"trace exceeds max size"}`)
	if diff := cmp.Diff([]string{"the response contains an error: trace exceeds max size"}, got.Notes); diff != "" {
		t.Errorf("notes (-want +got):\n%s", diff)
	}
}

// Rounding nanoseconds to microseconds never makes a child exceed its parent, or neighbours overlap.
func TestRoundingNests(t *testing.T) {
	for ns := int64(0); ns < 3000; ns += 7 {
		start, middle, end := 1_767_225_600_000_000_000+ns, 1_767_225_600_000_000_400+ns+ns/3, 1_767_225_600_000_004_000+ns*2
		span := func(id, parent string, a, b int64) string {
			return fmt.Sprintf(`{"traceId":"t","spanId":%q,"parentSpanId":%q,"name":"n","startTimeUnixNano":"%d","endTimeUnixNano":"%d"}`, id, parent, a, b)
		}
		got := one(t, `{"resourceSpans":[{"scopeSpans":[{"spans":[`+strings.Join([]string{
			span("1", "", start, end), span("2", "1", start, middle), span("3", "1", middle, end)}, ",")+`]}]}]}`)
		byID := map[string]*trace.Span{}
		for _, s := range got.Spans {
			byID[s.ID] = s
		}
		root, first, second := byID["1"], byID["2"], byID["3"]
		if first.Start != root.Start || second.End() != root.End() || first.End() != second.Start {
			t.Fatalf("%d ns: root %d-%d, children %d-%d and %d-%d", ns, root.Start, root.End(), first.Start, first.End(), second.Start, second.End())
		}
	}
}

// Spans without an end, and times before 1970 or after 2262, are kept.
func TestOTLPTimes(t *testing.T) {
	got := one(t, `{"resourceSpans":[{"scopeSpans":[{"spans":[
		{"traceId":"t","spanId":"1","name":"open","startTimeUnixNano":"5000"},
		{"traceId":"t","spanId":"2","name":"epoch","startTimeUnixNano":"0","endTimeUnixNano":"3000"},
		{"traceId":"t","spanId":"3","name":"last","startTimeUnixNano":"9223372036854775807","endTimeUnixNano":"18446744073709551615"},
		{"traceId":"t","spanId":"4","name":"before","startTimeUnixNano":"-2501","endTimeUnixNano":"-500"}]}]}]}`)
	var spans []string
	for _, s := range got.Spans {
		spans = append(spans, fmt.Sprintf("%s %d+%d", s.Name, s.Start, s.Duration))
	}
	want := []string{"before -3+3", "epoch 0+3", "open 5+0", "last 9223372036854775+0"}
	if diff := cmp.Diff(want, spans); diff != "" {
		t.Errorf("times (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff([]string{"1 span without an end, treated as zero-length"}, got.Notes); diff != "" {
		t.Errorf("notes (-want +got):\n%s", diff)
	}
}
