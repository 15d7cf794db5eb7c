package read_test

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"spanwise/doctor/read"
	"spanwise/doctor/trace"
)

// one reads an input that must contain exactly one trace.
func one(t *testing.T, input string) *trace.Trace {
	t.Helper()
	traces, err := read.All(strings.NewReader(input))
	if err != nil {
		t.Fatal(err)
	}
	if len(traces) != 1 {
		t.Fatalf("got %d traces, want one", len(traces))
	}
	return traces[0]
}

// The first CHILD_OF in a span's own trace makes its parent or, if there is none, the first FOLLOWS_FROM there, even if a bare trace's
// references lack the trace id. Other references are links.
func TestJaegerReferences(t *testing.T) {
	got := one(t, `{"traceID":"t","processes":{"p":{"serviceName":"a"}},"spans":[
		{"spanID":"1","operationName":"root","startTime":1,"duration":9,"processID":"p","references":[{"refType":"CHILD_OF","traceID":"other","spanID":"77"}]},
		{"spanID":"2","operationName":"later","startTime":2,"duration":1,"processID":"p","references":[{"refType":"FOLLOWS_FROM","spanID":"1"}]},
		{"spanID":"3","operationName":"child","startTime":3,"duration":1,"processID":"p","references":[{"refType":"FOLLOWS_FROM","spanID":"2"},{"refType":"CHILD_OF","spanID":"1"}]},
		{"spanID":"4","operationName":"old","startTime":4,"duration":1,"processID":"p","parentSpanID":"1","references":null},
		{"spanID":"5","operationName":"first","startTime":5,"duration":1,"processID":"p","parentSpanID":"0"}]}`)
	want := []*trace.Span{
		{ID: "1", Name: "root", Start: 1, Duration: 9, Links: []trace.Link{{TraceID: "other", SpanID: "77"}}},
		{ID: "2", ParentID: "1", Name: "later", Start: 2, Duration: 1},
		{ID: "3", ParentID: "1", Name: "child", Start: 3, Duration: 1, Links: []trace.Link{{TraceID: "t", SpanID: "2"}}},
		{ID: "4", ParentID: "1", Name: "old", Start: 4, Duration: 1},
		{ID: "5", Name: "first", Start: 5, Duration: 1},
	}
	for _, s := range want {
		s.Service, s.Attrs = "a", nil
	}
	if diff := cmp.Diff(want, got.Spans, asRead); diff != "" {
		t.Errorf("spans (-want +got):\n%s", diff)
	}
}

// Tags of any type become text, logs become events, and the counts of what a tracer dropped are added up.
func TestJaegerDetails(t *testing.T) {
	got := one(t, `{"data":[{"traceID":"t","processes":{},"spans":[
		{"spanID":"1","operationName":"op","startTime":"100","duration":"7","process":{"serviceName":"inline","tags":[{"key":"hostname","value":"h"}]},
		 "tags":[{"key":"n","type":"int64","value":12345678901234567890},{"key":"f","value":1.50},{"key":"b","value":true},{"key":"s","value":"a\"b"},{"key":"null","value":null},
		  {"key":"otel.status_code","value":"ERROR"},{"key":"otel.dropped_events_count","value":3},{"key":"otel.dropped_links_count","value":2}],
		 "logs":[{"timestamp":101,"fields":[{"key":"event","value":"retry"},{"key":"attempt","value":2}]}]}]}]}`)
	want := &trace.Span{ID: "1", Service: "inline", Host: "h", Name: "op", Start: 100, Duration: 7, Error: true, Dropped: 5,
		Attrs: trace.AttrsOf(map[string]string{"n": "12345678901234567890", "f": "1.50", "b": "true", "s": `a"b`, "null": "null",
			"otel.status_code": "ERROR", "otel.dropped_events_count": "3", "otel.dropped_links_count": "2"}),
		Events: []trace.Event{{Time: 101, Name: "retry", Attrs: trace.AttrsOf(map[string]string{"event": "retry", "attempt": "2"})}}}
	if diff := cmp.Diff(want, got.Spans[0], asRead); diff != "" {
		t.Errorf("span (-want +got):\n%s", diff)
	}
}

// Repaired and omitted spans are counted.
func TestJaegerNotes(t *testing.T) {
	got := one(t, `{"data":[{"traceID":"t","warnings":["partial result"],"processes":{"p":{"serviceName":"a"}},"spans":[
		{"spanID":"1","operationName":"op","startTime":5,"duration":10,"processID":"p"},
		{"spanID":"2","operationName":"op","startTime":5,"processID":"p"},
		{"spanID":"3","operationName":"op","startTime":5,"duration":-4,"processID":"p"},
		{"spanID":"4","operationName":"op","startTime":9e30,"duration":4,"processID":"p"},
		{"spanID":"5","operationName":"op","startTime":5,"duration":4,"processID":"gone"},
		{"spanID":"6","operationName":"op","startTime":5,"duration":4,"processID":"p","tags":7},
		{"spanID":"7","operationName":"op","startTime":5,"duration":4,"processID":"p","warnings":["This span's timestamps were adjusted by 3ms","This span's timestamps were adjusted by 3ms"]},
		{"spanID":"9","operationName":"op","startTime":5,"duration":4,"processID":"p","warnings":["clock skew adjustment disabled; not applying calculated delta of 3ms"]},
		{"spanID":"8","operationName":"op","references":[{"refType":"CHILD_OF","spanID":"1"}],"duration":4,"processID":"p"},
		{"operationName":"op","startTime":5,"duration":4,"processID":"p"}]}],"errors":[{"code":404,"msg":"t2 not found"}]}`)
	want := []string{
		"warning from Jaeger: partial result",
		"1 span at an impossible time, moved to the nearest possible one",
		"1 span ending before the start, treated as zero-length",
		"1 span without a start, placed at the start of the parent",
		"the response contains an error: t2 not found",
		"1 span of an unknown process, read without a service",
		"1 span that Jaeger moved in time to hide clock skew (raw traces are better)",
		"1 span with a field of the wrong type, read without it",
		"1 span without a duration, treated as zero-length",
		"1 span without a trace id or span id, left out",
	}
	if diff := cmp.Diff(want, got.Notes); diff != "" {
		t.Errorf("notes (-want +got):\n%s", diff)
	}
	for _, s := range got.Spans {
		if s.ID == "8" && s.Start != 5 {
			t.Errorf("span 8 starts at %d, want 5 as its parent does", s.Start)
		}
	}
}

// A consumer whose only reference in its own trace is FOLLOWS_FROM is read like one with CHILD_OF, in every form of Jaeger's spans.
func TestFollowsFromIsParent(t *testing.T) {
	const id = "4bf92f3577b34da6a3ce929d0e0e4736"
	span := func(reference string) string {
		return `{"traceID":"` + id + `","spanID":"00000000000000bb","operationName":"process","references":[` + reference + `],"startTime":1700000000006000,"duration":50000,"tags":[],"process":{"serviceName":"worker"}}`
	}
	reference := func(kind, trace string) string {
		return `{"refType":"` + kind + `","traceID":"` + trace + `","spanID":"00000000000000aa"}`
	}
	elsewhere := reference("FOLLOWS_FROM", "00000000000000000000000000000009") + "," + reference("CHILD_OF", "00000000000000000000000000000008") + ","
	for name, input := range map[string]string{
		"in a trace":    `{"data":[{"traceID":"` + id + `","spans":[%s],"processes":{}}]}`,
		"by itself":     `%s`,
		"in a document": `{"hits":{"hits":[{"_source":%s}]}}`,
	} {
		for _, before := range []string{"", elsewhere} {
			got := one(t, strings.Replace(input, "%s", span(before+reference("FOLLOWS_FROM", id)), 1))
			want := one(t, strings.Replace(input, "%s", span(before+reference("CHILD_OF", id)), 1))
			if diff := cmp.Diff(want.Spans, got.Spans, asRead); diff != "" || got.Spans[0].ParentID != "00000000000000aa" {
				t.Errorf("%s: parent %q (-CHILD_OF +FOLLOWS_FROM):\n%s", name, got.Spans[0].ParentID, diff)
			}
		}
	}
}

// Jaeger's warnings are read from its attributes, too, which are not attributes of the span. A span that Jaeger did not move is not called
// moved, and one that it moved counts once.
func TestJaegerOwnAttributes(t *testing.T) {
	const disabled, moved = "clock skew adjustment disabled; not applying calculated delta of 3ms", "This span's timestamps were adjusted by 3ms"
	const negative = "Negative duration detected, sanitizing end timestamp. Original end timestamp: a, adjusted to: b"
	for _, test := range []struct {
		warnings []string
		want     string
	}{
		{[]string{disabled, disabled}, ""},
		{[]string{"max clock skew adjustment delta of 1s exceeded; not applying calculated delta of 3s"}, ""},
		{[]string{moved, disabled, moved}, "1 span that Jaeger moved in time to hide clock skew (raw traces are better)"},
		{[]string{negative}, "1 span that did not end after the start, which Jaeger changed"},
	} {
		list, _ := json.Marshal(test.warnings)
		text, _ := json.Marshal(string(list))
		var values []string
		for _, w := range test.warnings {
			values = append(values, `{"stringValue":"`+w+`"}`)
		}
		for name, input := range map[string]string{
			"field":     `{"traceID":"t","spans":[{"spanID":"1","operationName":"op","startTime":5,"duration":4,"process":{"serviceName":"a"},"warnings":` + string(list) + `}]}`,
			"tag":       `{"traceID":"t","spans":[{"spanID":"1","operationName":"op","startTime":5,"duration":4,"process":{"serviceName":"a"},"tags":[{"key":"@jaeger@format","value":"proto"},{"key":"@jaeger@warnings","value":` + string(text) + `}]}]}`,
			"both":      `{"traceID":"t","spans":[{"spanID":"1","operationName":"op","startTime":5,"duration":4,"process":{"serviceName":"a"},"warnings":` + string(list) + `,"tags":[{"key":"@jaeger@warnings","value":` + string(text) + `}]}]}`,
			"attribute": `{"resourceSpans":[{"resource":{"attributes":[{"key":"service.name","value":{"stringValue":"a"}}]},"scopeSpans":[{"spans":[{"traceId":"t","spanId":"1","name":"op","startTimeUnixNano":"5000","endTimeUnixNano":"9000","attributes":[{"key":"@jaeger@warnings","value":{"arrayValue":{"values":[` + strings.Join(values, ",") + `]}}}]}]}]}]}`,
		} {
			got := one(t, input)
			if notes := strings.Join(got.Notes, "; "); notes != test.want || len(got.Spans[0].Attrs) != 0 {
				t.Errorf("%s %q: notes %q and attributes %v, want %q and none", name, test.warnings, notes, got.Spans[0].Attrs, test.want)
			}
		}
	}
}

// A trace that Jaeger cut off at its limit says so.
func TestJaegerTruncated(t *testing.T) {
	got := one(t, `{"traceID":"t","spans":[{"spanID":"1","operationName":"op","startTime":5,"duration":4,"process":{"serviceName":"a"},"tags":[{"key":"@jaeger@truncated","type":"bool","value":true}]}]}`)
	if notes := strings.Join(got.Notes, "; "); !strings.Contains(notes, "cut off at its limit") || len(got.Spans[0].Attrs) != 0 {
		t.Errorf("notes %q and attributes %v, want a note that the trace was cut off, and none", notes, got.Spans[0].Attrs)
	}
}
