package read_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"spanwise/doctor/trace"
)

// The two halves of a call share an id in Zipkin. They become two spans, each with its own children.
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
		if s.Name == "query" && (s.Attrs.Get("peer.service") != "db" || s.Attrs.Get("net.peer.ip") != "10.0.0.9" || s.Attrs.Get("net.peer.port") != "5432") {
			t.Errorf("query's other end is %v, want db at 10.0.0.9:5432", s.Attrs)
		}
	}
	// The same in the list of lists that Zipkin's API returns.
	if again := one(t, "["+input+"]"); len(again.Spans) != len(got.Spans) {
		t.Errorf("got %d spans in a list of lists, want %d", len(again.Spans), len(got.Spans))
	}
}

// braveAndEnvoy is one request through three tracers as each writes it: Brave shares a call's id between client and server and keeps
// methods in lower-case names, zipkin-js writes the status as a string, Envoy joins the id of the caller and names its upstream.
// The database has no tracer: only the caller's remoteEndpoint knows it. (https://zipkin.io/zipkin-api/, https://github.com/openzipkin/b3-propagation)
const braveAndEnvoy = `[
	{"traceId":"5982fe77008310cc80f1da5e10147517","id":"80f1da5e10147517","kind":"SERVER","name":"get /desk","timestamp":1500000000000000,"duration":90000,
	 "localEndpoint":{"serviceName":"desk","ipv4":"10.0.0.1"},"remoteEndpoint":{"ipv4":"127.0.0.1","port":53420},"tags":{"http.method":"GET","http.path":"/desk","mvc.controller.class":"Desk"}},
	{"traceId":"5982fe77008310cc80f1da5e10147517","parentId":"80f1da5e10147517","id":"bd7a977555f6b982","kind":"CLIENT","name":"get","timestamp":1500000000010000,"duration":60000,
	 "localEndpoint":{"serviceName":"desk","ipv4":"10.0.0.1"},"remoteEndpoint":{"ipv4":"10.0.0.2","port":9000},"tags":{"http.method":"GET","http.path":"/shelf"}},
	{"traceId":"5982fe77008310cc80f1da5e10147517","parentId":"80f1da5e10147517","id":"bd7a977555f6b982","kind":"SERVER","name":"get","timestamp":1500000000011000,"duration":58000,
	 "annotations":[{"timestamp":1500000000011000,"value":"sr"}],"localEndpoint":{"serviceName":"shelf","ipv4":"10.0.0.2","port":9000},"tags":{"http.path":"/shelf","http.status_code":"200"},"shared":true},
	{"traceId":"5982fe77008310cc80f1da5e10147517","parentId":"bd7a977555f6b982","id":"9c6a1e4d3b2f1a00","kind":"CLIENT","name":"archive.local:443/*","timestamp":1500000000020000,"duration":30000,
	 "localEndpoint":{"serviceName":"shelf","ipv4":"10.0.0.2"},"tags":{"component":"proxy","http.method":"GET","http.url":"https://archive.local:443/x","http.status_code":"503","response_flags":"UF","error":"true","upstream_cluster":"archive"}},
	{"traceId":"5982fe77008310cc80f1da5e10147517","parentId":"bd7a977555f6b982","id":"1f2e3d4c5b6a7988","kind":"CLIENT","name":"select","timestamp":1500000000055000,"duration":9000,
	 "localEndpoint":{"serviceName":"shelf","ipv4":"10.0.0.2"},"remoteEndpoint":{"serviceName":"mysql","ipv4":"10.0.0.3","port":3306},"tags":{"sql.query":"select 1 from shelf"},"debug":true}]`

// Spans of Brave, zipkin-js and Envoy form one tree in which each call has its callee.
func TestZipkinInstrumentations(t *testing.T) {
	got := map[string]string{}
	for _, s := range one(t, braveAndEnvoy).Spans {
		parent := "-"
		if s.Parent != nil {
			parent = s.Parent.Service + " " + s.Parent.Name
		}
		got[s.Service+" "+s.Name+" below "+parent] = s.Callee()
	}
	want := map[string]string{
		"desk get /desk below -":                    "",
		"desk get below desk get /desk":             "shelf",
		"shelf get below desk get":                  "",
		"shelf archive.local:443/* below shelf get": "archive.local",
		"shelf select below shelf get":              "mysql",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("spans and their callees (-want +got):\n%s", diff)
	}
}

// Spans from a tracer that knows only 64 bits of a trace id still belong to the trace.
func TestHalfTraceIDs(t *testing.T) {
	got := one(t, `[
		{"traceId":"48485a3953bb6124","id":"2","parentId":"1","name":"late","timestamp":2,"duration":1,"localEndpoint":{"serviceName":"old"}},
		{"traceId":"463ac35c9f6413ad48485a3953bb6124","id":"1","name":"root","timestamp":1,"duration":5,"localEndpoint":{"serviceName":"new"}}]`)
	if got.ID != "463ac35c9f6413ad48485a3953bb6124" || len(got.Spans) != 2 || len(got.Orphans) > 0 {
		t.Errorf("trace %s has %d spans, %d of them orphans; want both in one tree", got.ID, len(got.Spans), len(got.Orphans))
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
	type times struct{ Start, Duration trace.Micros }
	spans := map[string]times{}
	for _, s := range got.Spans {
		spans[s.Name] = times{s.Start, s.Duration}
	}
	want := map[string]times{"root": {100, 90}, "open": {120, 0}, "noted": {130, 20}, "nothing": {120, 0}, "nothing below nothing": {120, 0}, "lost": {100, 0}}
	if diff := cmp.Diff(want, spans); diff != "" {
		t.Errorf("times (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff([]string{"3 spans without a start, placed at the start of the parent", "5 spans without a duration, taken to end at the last annotation"}, got.Notes); diff != "" {
		t.Errorf("notes (-want +got):\n%s", diff)
	}
}

// An error tag marks a failed span whatever its text, except "false".
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
