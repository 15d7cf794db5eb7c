package telemetry

import (
	"testing"

	"go.opentelemetry.io/otel/propagation"
)

// OTEL_SDK_DISABLED=true, in any case, switches everything off except baggage; a value that is neither true nor false is
// refused.
func TestDisabled(t *testing.T) {
	for value, enabled := range map[string]bool{"": true, "false": true, "true": false, "TRUE ": false} {
		t.Setenv("OTEL_SDK_DISABLED", value)
		tel, err := Start(t.Context(), Config{Service: "books"})
		if err != nil {
			t.Fatal(err)
		}
		_, span := tel.Traces.Tracer("").Start(t.Context(), "work")
		if tel.Enabled() != enabled || span.IsRecording() != enabled {
			t.Errorf("OTEL_SDK_DISABLED=%q: got enabled %v, a span that records %v, want %v", value, tel.Enabled(), span.IsRecording(), enabled)
		}
	}
	t.Setenv("OTEL_SDK_DISABLED", "yes")
	if _, err := Start(t.Context(), Config{Service: "books"}); err == nil {
		t.Error("OTEL_SDK_DISABLED=yes: got no error")
	}
}

// Disabled telemetry passes baggage on, and starts no trace of its own.
func TestDisabledPropagates(t *testing.T) {
	tel := Disabled(nil)
	in := propagation.MapCarrier{"baggage": "a=1", "traceparent": "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"}
	out := propagation.MapCarrier{}
	ctx, span := tel.Traces.Tracer("").Start(tel.Propagator.Extract(t.Context(), in), "work")
	tel.Propagator.Inject(ctx, out)
	if len(out) != 1 || out["baggage"] != "a=1" || span.SpanContext().IsValid() {
		t.Errorf("got %v, want only the baggage", out)
	}
}
