package fault

import (
	"context"
	"slices"
	"time"

	"go.opentelemetry.io/otel/attribute"
	sdktrace "go.opentelemetry.io/otel/sdk/trace"
	"go.opentelemetry.io/otel/trace"
)

// mark is the attribute by which a span carries how far its clock is ahead, from its request to [Clock], in ns.
// It is taken off there.
const mark = attribute.Key("spanwise.clock")

func parseClock(f *Faults, value string) (err error) {
	f.ahead, err = parseTimed(value, services)
	return err
}

// Clock returns a processor that hands spans on to next. Those of requests that want the service's clock to be ahead
// get there with the times that such a clock would have shown.
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

// markClock marks a span if the request of ctx wants the service's clock ahead.
func markClock(ctx context.Context, s trace.Span, service string) {
	if d := from(ctx).ahead[service]; d != 0 {
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

// A shifted span is one that a clock timed that is ahead.
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
