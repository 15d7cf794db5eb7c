// Package doctortest diagnoses the spans that a test has recorded with an in-memory exporter of OpenTelemetry's SDK, and fails the
// test with the doctor's report if there is something to fix. Call [Check]:
//
//	exporter := tracetest.NewInMemoryExporter()
//	provider := trace.NewTracerProvider(trace.WithSyncer(exporter))
//	… // serve one request with it
//	doctortest.Check(t, exporter.GetSpans(), doctortest.Kinds("n-plus-one"), doctortest.MaxCalls(10))
//
// The doctor judges by time. Calls to a fake that answers at once cost nothing, so it finds nothing wrong with them; [MaxCalls] counts
// calls whatever they cost.
//
// It is a module of its own, so that only those who use it depend on OpenTelemetry's SDK.
package doctortest

import (
	"strings"
	"testing"

	sdktrace "go.opentelemetry.io/otel/sdk/trace"
	"go.opentelemetry.io/otel/sdk/trace/tracetest"

	"spanwise/doctor"
	"spanwise/doctor/report"
)

// Check diagnoses the traces that the spans belong to, and fails the test, with the report of each trace, if any of them has a finding
// or too many calls. Spans are what [tracetest.InMemoryExporter.GetSpans] or [tracetest.SpanRecorder.Ended] return: those that have ended.
func Check[Spans tracetest.SpanStubs | []sdktrace.ReadOnlySpan](t testing.TB, spans Spans, options ...Option) {
	t.Helper()
	var list []sdktrace.ReadOnlySpan
	switch spans := any(spans).(type) {
	case tracetest.SpanStubs:
		list = spans.Snapshots()
	case []sdktrace.ReadOnlySpan:
		list = spans
	}
	if len(list) == 0 {
		t.Errorf("doctortest: no spans were recorded (does the code under test use the provider with the exporter, and have its spans ended?)")
		return
	}
	traces, err := read(list)
	if err != nil {
		t.Errorf("doctortest: %v", err)
		return
	}
	var c config
	for _, option := range options {
		if err := option(&c); err != nil {
			t.Errorf("doctortest: %v", err)
			return
		}
	}
	for i, r := range doctor.DiagnoseAll(traces, doctor.Ignore(c.ignored.Reason)) {
		if failures := c.failures(traces[i], r); len(failures) > 0 {
			t.Errorf("doctortest: %s\n\n%s", strings.Join(failures, "\n"), text(report.Case{Trace: traces[i], Report: r}))
		}
	}
	for _, line := range c.ignored.Unused() {
		t.Logf("doctortest: %s", line)
	}
}

// text is the report as the doctor prints it, without the steps to take with the command.
func text(c report.Case) string {
	var b strings.Builder
	look := report.Look{Width: 100}
	report.Waterfall(&b, c, look) // a strings.Builder never fails
	report.Findings(&b, c, look)
	return b.String()
}
