package fault

import (
	"context"
	"slices"
	"time"

	"go.opentelemetry.io/otel/attribute"
	sdktrace "go.opentelemetry.io/otel/sdk/trace"
	"go.opentelemetry.io/otel/trace"
)

// mark is the attribute that tells [Clock] how far ahead the clock of a span is, in ns. Clock removes it.
const mark = attribute.Key("spanwise.clock")

// Clock returns a processor that passes spans on to next. It shifts the times of spans whose request asked for a clock of
// the service that is ahead.
func Clock(service string, next sdktrace.SpanProcessor) sdktrace.SpanProcessor {
	return clock{next, service}
}

type clock struct {
	sdktrace.SpanProcessor
	service string
}

func (c clock) OnStart(parent context.Context, s sdktrace.ReadWriteSpan) {
	markClock(parent, s, c.service)
	c.SpanProcessor.OnStart(parent, s)
}

// markClock marks a span if the request of ctx asked for a clock of the service that is ahead.
func markClock(ctx context.Context, s trace.Span, service string) {
	if d, _ := ahead.at(ctx, service); d != 0 {
		s.SetAttributes(mark.Int64(int64(d)))
	}
}

func (c clock) OnEnd(s sdktrace.ReadOnlySpan) {
	attributes := s.Attributes()
	if i := slices.IndexFunc(attributes, marked); i >= 0 {
		s = shifted{s, time.Duration(attributes[i].Value.AsInt64())}
	}
	c.SpanProcessor.OnEnd(s)
}

func marked(kv attribute.KeyValue) bool { return kv.Key == mark }

// A shifted span is one that was timed by a clock that is ahead.
type shifted struct {
	sdktrace.ReadOnlySpan
	ahead time.Duration
}

func (s shifted) StartTime() time.Time { return s.ReadOnlySpan.StartTime().Add(s.ahead) }
func (s shifted) EndTime() time.Time   { return s.ReadOnlySpan.EndTime().Add(s.ahead) }

func (s shifted) Events() []sdktrace.Event {
	events := slices.Clone(s.ReadOnlySpan.Events())
	for i := range events {
		events[i].Time = events[i].Time.Add(s.ahead)
	}
	return events
}

func (s shifted) Attributes() []attribute.KeyValue {
	return slices.DeleteFunc(slices.Clone(s.ReadOnlySpan.Attributes()), marked)
}
