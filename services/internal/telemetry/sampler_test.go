package telemetry

import (
	"strings"
	"testing"

	sdktrace "go.opentelemetry.io/otel/sdk/trace"
)

// What the SDK does not understand stops the start, with an error that names the valid values.
func TestCheckSampler(t *testing.T) {
	for _, test := range []struct{ sampler, argument, want string }{
		{"", "", ""},
		{"", "tenpercent", ""}, // not read without a sampler
		{"always_on", "tenpercent", ""},
		{" ParentBased_TraceIDRatio ", " 0.1 ", ""},
		{"traceidratio", "", ""}, // everything, by the specification
		{"tenpercent", "", "OTEL_TRACES_SAMPLER=tenpercent: want one of always_on, always_off, traceidratio,"},
		{"parentbased_traceidratio", "10%", "OTEL_TRACES_SAMPLER_ARG=10%: want the share of traces to keep, from 0 to 1"},
		{"traceidratio", "10", "OTEL_TRACES_SAMPLER_ARG=10: want"},
		{"traceidratio", "-0.1", "OTEL_TRACES_SAMPLER_ARG=-0.1: want"},
		{"traceidratio", "NaN", "OTEL_TRACES_SAMPLER_ARG=NaN: want"},
	} {
		err := CheckSampler(func(name string) string {
			return map[string]string{"OTEL_TRACES_SAMPLER": test.sampler, "OTEL_TRACES_SAMPLER_ARG": test.argument}[name]
		})
		if test.want == "" && err != nil || test.want != "" && (err == nil || !strings.Contains(err.Error(), test.want)) {
			t.Errorf("%q, %q: got %v, want %q", test.sampler, test.argument, err, test.want)
		}
	}
	t.Setenv("OTEL_TRACES_SAMPLER", "tenpercent")
	if _, err := Start(t.Context(), Config{Service: "books"}); err == nil || !strings.Contains(err.Error(), "OTEL_TRACES_SAMPLER=tenpercent") {
		t.Errorf("Start: got %v, want an error about the sampler", err)
	}
}

// The sampler of a Config takes precedence over the one of the environment.
func TestConfigSampler(t *testing.T) {
	t.Setenv("OTEL_TRACES_SAMPLER", "always_on")
	tel, err := Start(t.Context(), Config{Service: "books", Sampler: sdktrace.NeverSample()})
	if err != nil {
		t.Fatal(err)
	}
	if _, span := tel.Traces.Tracer("").Start(t.Context(), "work"); span.SpanContext().IsSampled() {
		t.Error("got a sampled span, want none")
	}
}
