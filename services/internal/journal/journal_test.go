package journal

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	sdktrace "go.opentelemetry.io/otel/sdk/trace"
	"go.opentelemetry.io/otel/sdk/trace/tracetest"
)

// Every sampled span is in the journal as soon as it has started, with its end once it has ended, and goes on to the next
// processor.
func TestJournal(t *testing.T) {
	file := filepath.Join(t.TempDir(), "spans")
	j, err := Open(file, "order")
	if err != nil {
		t.Fatal(err)
	}
	next := tracetest.NewSpanRecorder()
	tracer := sdktrace.NewTracerProvider(sdktrace.WithSpanProcessor(j.Wrap(next))).Tracer("")
	ctx, root := tracer.Start(t.Context(), "root")
	_, child := tracer.Start(ctx, "child")
	child.End()
	spans, err := Read(file) // before Close, as after a kill
	if err != nil || len(spans) != 2 {
		t.Fatalf("got %v, %v, want two spans", spans, err)
	}
	if got, want := spans[1].TraceID+spans[1].ID, child.SpanContext().TraceID().String()+child.SpanContext().SpanID().String(); got != want {
		t.Errorf("got %s, want %s", got, want)
	}
	if spans[0].Service != "order" || !spans[0].Ended.IsZero() || spans[1].Ended.Before(spans[1].Started) {
		t.Errorf("got %+v, want a span of order that has not ended and one that has", spans)
	}
	root.End()
	if len(next.Ended()) != 2 {
		t.Errorf("got %d spans in the next processor, want 2", len(next.Ended()))
	}
	if err := j.Close(); err != nil {
		t.Error(err)
	}
}

// Spans that are not sampled are not in the journal: they are never exported.
func TestNotSampled(t *testing.T) {
	file := filepath.Join(t.TempDir(), "spans")
	j, err := Open(file, "order")
	if err != nil {
		t.Fatal(err)
	}
	provider := sdktrace.NewTracerProvider(sdktrace.WithSpanProcessor(j.Wrap(tracetest.NewSpanRecorder())), sdktrace.WithSampler(recordOnly{}))
	_, span := provider.Tracer("").Start(t.Context(), "work")
	span.End()
	if spans, err := Read(file); err != nil || len(spans) != 0 {
		t.Errorf("got %v, %v, want nothing", spans, err)
	}
}

type recordOnly struct{}

func (recordOnly) ShouldSample(sdktrace.SamplingParameters) sdktrace.SamplingResult {
	return sdktrace.SamplingResult{Decision: sdktrace.RecordOnly}
}
func (recordOnly) Description() string { return "record only" }

// Without a path there is no journal, and the processor stays as it is.
func TestOff(t *testing.T) {
	j, err := Open("", "order")
	next := tracetest.NewSpanRecorder()
	if err != nil || j != nil || j.Wrap(next) != sdktrace.SpanProcessor(next) || j.Close() != nil {
		t.Errorf("got %v, %v, want nothing", j, err)
	}
}

// An event that could not be written is reported in the end, because the account would be wrong.
func TestWriteFails(t *testing.T) {
	file := filepath.Join(t.TempDir(), "spans")
	j, err := Open(file, "order")
	if err != nil {
		t.Fatal(err)
	}
	if j.file, err = os.Open(file); err != nil { // for reading only
		t.Fatal(err)
	}
	_, span := sdktrace.NewTracerProvider(sdktrace.WithSpanProcessor(j.Wrap(tracetest.NewSpanRecorder()))).Tracer("").Start(t.Context(), "work")
	span.End()
	if err := j.Close(); err == nil || !strings.Contains(err.Error(), "incomplete") || errors.Unwrap(err) == nil {
		t.Errorf("got %v, want that it is incomplete, and why", err)
	}
}

const (
	traceA = "4bf92f3577b34da6a3ce929d0e0e4736"
	spanA  = "00f067aa0ba902b7"
)

// A last line that was cut off is left out. Anything else that is not a line of a journal is an error.
func TestParse(t *testing.T) {
	line := func(event string) string { return event + " 1 " + traceA + " " + spanA + " order\n" }
	for _, test := range []struct {
		text  string
		spans int
		err   string // in the error; empty for none
	}{
		{"", 0, ""},
		{line("start"), 1, ""},
		{line("start") + line("end"), 1, ""},
		{line("start") + "end 1 " + traceA, 1, ""},
		{line("start") + line("end")[:60], 1, ""},
		{"start 1 " + traceA, 0, ""},
		{"begin 1 " + traceA + " " + spanA + " order\n", 0, "line 1"},
		{line("start") + "end 1 " + traceA + "\n", 0, "line 2"},
		{line("start") + line("start"), 0, "a second start"},
		{line("start") + line("end") + line("end"), 0, "a second end"},
		{line("end"), 0, "an end without a start"},
		{"start x " + traceA + " " + spanA + " order\n", 0, "invalid syntax"},
	} {
		spans, err := parse([]byte(test.text))
		if len(spans) != test.spans || (err == nil) != (test.err == "") || err != nil && !strings.Contains(err.Error(), test.err) {
			t.Errorf("%q: got %d spans and %v, want %d and %q", test.text, len(spans), err, test.spans, test.err)
		}
	}
}
