package trace

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

// The text of an error is found wherever a tracer records it, and a log line is not taken for one.
func TestFailures(t *testing.T) {
	event := func(name string, attrs map[string]string) *Span {
		return &Span{Events: []Event{{Name: name, Attrs: attrs}}}
	}
	for name, c := range map[string]struct {
		span *Span
		want []string
	}{
		"the status":                 {&Span{Attrs: map[string]string{"otel.status_description": "no route to host"}}, []string{"no route to host"}},
		"gRPC for Go before 1.0":     {&Span{Attrs: map[string]string{"grpc.error_message": "transport is closing"}}, []string{"transport is closing"}},
		"Datadog":                    {&Span{Attrs: map[string]string{"error.type": "Errno", "error.message": "reset"}}, []string{"Errno", "reset"}},
		"OpenTelemetry's event":      {event("exception", map[string]string{"exception.type": "IOError", "exception.message": "EOF"}), []string{"IOError", "EOF"}},
		"OpenTracing's log":          {event("error", map[string]string{"event": "error", "error.kind": "Timeout", "message": "took 3 s"}), []string{"Timeout", "took 3 s"}},
		"OpenTracing's error object": {event("error", map[string]string{"error.object": "dial tcp: refused"}), []string{"dial tcp: refused"}},
		"a log line":                 {event("log", map[string]string{"message": "all is well"}), nil},
		"a span without an error":    {&Span{Attrs: map[string]string{"message": "hello"}}, nil},
	} {
		if diff := cmp.Diff(c.want, c.span.Failures()); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
	}
}

// Each meaning has a bit of its own.
func TestMeaningsFit(t *testing.T) {
	if meanings > 63 {
		t.Errorf("there are %d meanings, but Span.has has bits for 63", meanings)
	}
}
