package read_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"spanwise/doctor/trace"
)

// The two halves of a call share an id in Zipkin. They become two spans, and what either did stays with it.
func TestSharedSpanIDs(t *testing.T) {
	const input = `[
		{"traceId":"t","id":"1","name":"root","kind":"SERVER","timestamp":1,"duration":99,"localEndpoint":{"serviceName":"a"}},
		{"traceId":"t","id":"2","parentId":"1","name":"call","kind":"CLIENT","timestamp":10,"duration":50,"localEndpoint":{"serviceName":"a"}},
		{"traceId":"t","id":"2","parentId":"1","name":"serve","kind":"SERVER","timestamp":15,"duration":40,"shared":true,"localEndpoint":{"serviceName":"b"}},
		{"traceId":"t","id":"3","parentId":"2","name":"query","kind":"CLIENT","timestamp":20,"duration":20,"localEndpoint":{"serviceName":"b"},"remoteEndpoint":{"serviceName":"db","ipv4":"10.0.0.9","port":5432}},
		{"traceId":"t","id":"4","parentId":"2","name":"connect","timestamp":11,"duration":3,"localEndpoint":{"serviceName":"a"}}]`
	got := one(t, input)
	parents := map[string]string{}
	for _, s := range got.Spans {
		if s.Parent != nil {
			parents[s.Name] = s.Parent.Name
		}
	}
	if diff := cmp.Diff(map[string]string{"call": "root", "serve": "call", "query": "serve", "connect": "call"}, parents); diff != "" {
		t.Errorf("parents (-want +got):\n%s", diff)
	}
	for _, s := range got.Spans {
		if s.Name == "query" && (s.Attrs["peer.service"] != "db" || s.Attrs["net.peer.ip"] != "10.0.0.9" || s.Attrs["net.peer.port"] != "5432") {
			t.Errorf("query's other end is %v, want db at 10.0.0.9:5432", s.Attrs)
		}
	}
	// The same in the list of lists that Zipkin's API answers with.
	if again := one(t, "["+input+"]"); len(again.Spans) != len(got.Spans) {
		t.Errorf("got %d spans in a list of lists, want %d", len(again.Spans), len(got.Spans))
	}
}

// Zipkin allows spans without a duration, even without a time.
func TestZipkinMissingTimes(t *testing.T) {
	got := one(t, `[
		{"traceId":"t","id":"1","name":"root","timestamp":100,"duration":90},
		{"traceId":"t","id":"2","parentId":"1","name":"open","timestamp":120},
		{"traceId":"t","id":"3","parentId":"1","name":"noted","annotations":[{"timestamp":130,"value":"ws"},{"timestamp":150,"value":"wr"}]},
		{"traceId":"t","id":"5","parentId":"4","name":"nothing below nothing"},
		{"traceId":"t","id":"4","parentId":"2","name":"nothing"},
		{"traceId":"t","id":"6","parentId":"gone","name":"lost"}]`)
	type times struct{ Start, Duration int64 }
	spans := map[string]times{}
	for _, s := range got.Spans {
		spans[s.Name] = times{s.Start, s.Duration}
	}
	want := map[string]times{"root": {100, 90}, "open": {120, 0}, "noted": {130, 20}, "nothing": {120, 0}, "nothing below nothing": {120, 0}, "lost": {100, 0}}
	if diff := cmp.Diff(want, spans); diff != "" {
		t.Errorf("times (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff([]string{"3 spans without a start, put where the parent starts", "5 spans without a duration, ended at the last annotation"}, got.Notes); diff != "" {
		t.Errorf("notes (-want +got):\n%s", diff)
	}
}

// An error tag says error whatever its text, except "false".
func TestZipkinErrors(t *testing.T) {
	got := one(t, `[
		{"traceId":"t","id":"1","name":"a","timestamp":1,"duration":1,"tags":{"error":""}},
		{"traceId":"t","id":"2","name":"b","timestamp":2,"duration":1,"tags":{"error":"500"}},
		{"traceId":"t","id":"3","name":"c","timestamp":3,"duration":1,"tags":{"error":"false"}}]`)
	var failed []string
	for _, s := range got.Spans {
		if s.Error {
			failed = append(failed, s.Name)
		}
	}
	if diff := cmp.Diff([]string{"a", "b"}, failed); diff != "" {
		t.Errorf("failed (-want +got):\n%s", diff)
	}
	if got.Spans[0].Kind != trace.Unknown {
		t.Errorf("a span without kind has kind %v", got.Spans[0].Kind)
	}
}
