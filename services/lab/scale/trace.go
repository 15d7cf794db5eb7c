package scale

import (
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"math"
	"math/rand/v2"
	"time"

	commonpb "go.opentelemetry.io/proto/otlp/common/v1"
	resourcepb "go.opentelemetry.io/proto/otlp/resource/v1"
	tracepb "go.opentelemetry.io/proto/otlp/trace/v1"
)

// A Kind is a kind of trace, which decides whether tail sampling must keep it.
type Kind string

// The kinds of traces.
const (
	Normal    Kind = "normal"
	Failed    Kind = "failed"     // one of its spans has an error
	Slow      Kind = "slow"       // its root takes 0.9 s
	Late      Kind = "late"       // failed, and another span comes late
	LateError Kind = "late error" // the only span with an error comes late
)

// Kinds lists the kinds in the order in which tables show them.
var Kinds = []Kind{Normal, Failed, Slow, Late, LateError}

// spansEach is how many spans a trace has. Each process of the shop has half of them.
const spansEach = 8

// A Trace is one that was sent.
type Trace struct {
	ID    [16]byte
	Kind  Kind
	Began time.Time
}

// newTrace returns a trace with a random id. Sampling and the choice of gateway and partition depend on the id only.
func newTrace(random *rand.Rand, kind Kind, now time.Time) Trace {
	t := Trace{Kind: kind, Began: now}
	binary.BigEndian.PutUint64(t.ID[:8], random.Uint64())
	binary.BigEndian.PutUint64(t.ID[8:], random.Uint64())
	return t
}

func (t Trace) String() string { return hex.EncodeToString(t.ID[:]) }

// spanID returns the id of a span of the trace, from 0. It is never all zeros, which would be invalid.
func (t Trace) spanID(n int) [8]byte {
	id := [8]byte(t.ID[8:])
	id[0], id[7] = 0xff, byte(n)
	return id
}

// SpanIDs returns the ids of the trace's spans, in hexadecimal.
func (t Trace) SpanIDs() (ids []string) {
	for n := range spansEach {
		id := t.spanID(n)
		ids = append(ids, hex.EncodeToString(id[:]))
	}
	return ids
}

// isLate reports whether a span of the trace comes late: the last one.
func (t Trace) isLate(n int) bool {
	return n == spansEach-1 && (t.Kind == Late || t.Kind == LateError)
}

// fails reports whether a span of the trace has an error.
func (t Trace) fails(n int) bool {
	switch t.Kind {
	case Failed, Late:
		return n == spansEach/2
	case LateError:
		return n == spansEach-1
	}
	return false
}

// InShare reports whether the trace belongs to the share of all traces that deploy/otelcol-tail.yaml keeps without another reason: its
// probabilistic policy compares the last 56 bits of the trace's id with a threshold, because the spans carry one too, and has no other
// state. So every gateway comes to the same decision.
func (t Trace) InShare() bool {
	const values = 1 << 56
	random := binary.BigEndian.Uint64(t.ID[8:]) % values
	return random >= values-uint64(math.Round(share*values))
}

// share is the sampling_percentage of deploy/otelcol-tail.yaml.
const share = 0.1

// state is the trace state of every span, as the services write it when they leave sampling to the gateways: all of them are sent.
const state = "ot=th:0"

// span returns a span of the trace as a service of the shop would send it.
func (t Trace) span(n int) *tracepb.Span {
	id, root := t.spanID(n), t.spanID(0)
	took := 50 * time.Millisecond
	if t.Kind == Slow && n == 0 {
		took = 900 * time.Millisecond
	}
	s := &tracepb.Span{
		TraceId: t.ID[:], SpanId: id[:], TraceState: state, Flags: 1, Name: "GET /orders/{id}", Kind: tracepb.Span_SPAN_KIND_SERVER,
		StartTimeUnixNano: uint64(t.Began.Add(-took).UnixNano()), EndTimeUnixNano: uint64(t.Began.UnixNano()),
		Attributes: []*commonpb.KeyValue{
			text("http.request.method", "GET"), text("url.scheme", "http"), text("url.path", fmt.Sprintf("/orders/%d", t.ID[15])),
			text("http.route", "/orders/{id}"), text("server.address", "order"), text("network.protocol.version", "1.1"),
			text("user_agent.original", "Go-http-client/1.1"), integer("http.response.status_code", 200), integer("server.port", 8080),
		},
	}
	if n > 0 {
		s.ParentSpanId, s.Name, s.Kind = root[:], fmt.Sprintf("step-%d", n), tracepb.Span_SPAN_KIND_CLIENT
	}
	if t.fails(n) {
		s.Status = &tracepb.Status{Code: tracepb.Status_STATUS_CODE_ERROR, Message: "out of stock"}
	}
	return s
}

// processes are those of the shop. Span n of a trace is of process n modulo their number.
var processes = []string{"order", "pricing"}

// Processes is how many processes, and agents, a load has.
const Processes = 2

// batch returns spans of one process as it sends them.
func batch(process int, spans []*tracepb.Span) *tracepb.ResourceSpans {
	return &tracepb.ResourceSpans{
		Resource: &resourcepb.Resource{Attributes: []*commonpb.KeyValue{
			text("service.name", processes[process]), text("service.instance.id", "1"), text("telemetry.sdk.language", "go"),
			text("telemetry.sdk.name", "opentelemetry"), text("telemetry.sdk.version", "1.47.0"),
		}},
		ScopeSpans: []*tracepb.ScopeSpans{{
			Scope: &commonpb.InstrumentationScope{Name: "spanwise/lab/scale"}, Spans: spans,
		}},
	}
}

func text(key, value string) *commonpb.KeyValue {
	return &commonpb.KeyValue{Key: key, Value: &commonpb.AnyValue{Value: &commonpb.AnyValue_StringValue{StringValue: value}}}
}

func integer(key string, value int64) *commonpb.KeyValue {
	return &commonpb.KeyValue{Key: key, Value: &commonpb.AnyValue{Value: &commonpb.AnyValue_IntValue{IntValue: value}}}
}
