package read_test

import (
	"encoding/binary"
	"fmt"
	"math"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/klauspost/compress/zstd"

	"spanwise/doctor/read"
	"spanwise/doctor/trace"
)

// A msg is a message in protobuf's wire format.
type msg []byte

func (m msg) bytes(num int, b string) msg {
	return append(binary.AppendUvarint(binary.AppendUvarint(m, uint64(num<<3|2)), uint64(len(b))), b...)
}

func (m msg) varint(num int, n uint64) msg {
	return binary.AppendUvarint(binary.AppendUvarint(m, uint64(num<<3)), n)
}

func (m msg) fixed(num int, n uint64) msg {
	return binary.LittleEndian.AppendUint64(binary.AppendUvarint(m, uint64(num<<3|1)), n)
}

// attr is a KeyValue whose value is the fields of an AnyValue.
func attr(key string, value msg) string {
	return string(msg(nil).bytes(1, key).bytes(2, string(value)))
}

func textAttr(key, value string) string { return attr(key, msg(nil).bytes(1, value)) }

const protoTraceID = "\x0a\xf7\x65\x19\x16\xcd\x43\xdd\x84\x48\xeb\x21\x1c\x80\x31\x9c"

func protoSpanID(last byte) string { return "\x00\x00\x00\x00\x00\x00\x00" + string([]byte{last}) }

// caller and callee are ResourceSpans of the call that wantCall has.
func caller() string {
	span := msg(nil).bytes(1, protoTraceID).bytes(2, protoSpanID(0xa1)).bytes(4, "").bytes(5, "GET").varint(6, 3).fixed(7, 1000000).fixed(8, 1500000).
		bytes(9, textAttr("span.kind", "client")).bytes(9, attr("http.status_code", msg(nil).varint(3, 503))).bytes(9, attr("error", msg(nil).varint(2, 1))).
		bytes(15, string(msg(nil).varint(3, 2))).fixed(99, 7)
	resource := msg(nil).bytes(1, textAttr("service.name", "a")).bytes(1, textAttr("host.name", "h1"))
	return string(msg(nil).bytes(1, string(resource)).bytes(2, string(msg(nil).bytes(1, "").bytes(2, string(span)))))
}

// callee has its resource after its spans, and the older number for them.
func callee() string {
	span := msg(nil).bytes(1, protoTraceID).bytes(2, protoSpanID(0xb2)).bytes(4, protoSpanID(0xa1)).bytes(5, "GET /x").varint(6, 2).fixed(7, 1100000).fixed(8, 1400000).
		bytes(9, textAttr("span.kind", "server"))
	resource := msg(nil).bytes(1, textAttr("service.name", "b")).bytes(1, textAttr("host.name", "h2"))
	return string(msg(nil).bytes(1000, string(msg(nil).bytes(2, string(span)))).bytes(1, string(resource)))
}

func request(resourceSpans ...string) string {
	var m msg
	for _, r := range resourceSpans {
		m = m.bytes(1, r)
	}
	return string(m)
}

func framed(messages ...string) string {
	var b []byte
	for _, m := range messages {
		b = append(binary.BigEndian.AppendUint32(b, uint32(len(m))), m...)
	}
	return string(b)
}

func zstandard(t testing.TB, text string) string {
	w, err := zstd.NewWriter(nil)
	if err != nil {
		t.Fatal(err)
	}
	return string(w.EncodeAll([]byte(text), nil))
}

// sameCallProto is the call that all formats have in the forms of protobuf, and of the Collector's files with zstd.
func sameCallProto(t testing.TB) map[string]string {
	one, two := request(caller()), request(callee())
	lines := strings.Split(strings.TrimSpace(sameCall["otlp, lines"]), "\n")
	return map[string]string{
		"a request":                  request(caller(), callee()),
		"messages":                   framed(one, two),
		"compressed messages":        framed(zstandard(t, one), zstandard(t, two)),
		"compressed JSON":            framed(zstandard(t, lines[0]), zstandard(t, lines[2])),
		"compressed as a whole":      zstandard(t, framed(one, two)),
		"compressed JSON as a whole": zstandard(t, sameCall["otlp, lines"]),
	}
}

// OTLP as protobuf gives the same spans as all other formats.
func TestProtoAgrees(t *testing.T) {
	for name, input := range sameCallProto(t) {
		for wrapping, input := range map[string]string{"plain": input, "gzip": zip(t, input)} {
			traces, err := read.All(strings.NewReader(input))
			if err != nil || len(traces) != 1 {
				t.Errorf("%s, %s: %d traces, %v", name, wrapping, len(traces), err)
				continue
			}
			if diff := cmp.Diff(wantCall(), traces[0].Spans, asRead); diff != "" {
				t.Errorf("%s, %s: spans (-want +got):\n%s", name, wrapping, diff)
			}
		}
	}
}

// Values of all types, events, links and what was dropped are read from protobuf.
func TestProtoDetails(t *testing.T) {
	list := msg(nil).bytes(5, string(msg(nil).bytes(1, string(msg(nil).bytes(1, `x"y`))).bytes(1, string(msg(nil).varint(3, 7)))))
	fields := msg(nil).bytes(6, string(msg(nil).bytes(1, textAttr("k", "v"))))
	negative := int64(-5)
	span := msg(nil).bytes(1, protoTraceID).bytes(2, protoSpanID(1)).bytes(3, "ot=th:8").bytes(5, "op\xff").fixed(7, 5_000_000).fixed(8, 9_000_000).
		bytes(9, attr("list", list)).bytes(9, attr("map", fields)).bytes(9, attr("f", msg(nil).fixed(4, math.Float64bits(1.5)))).
		bytes(9, attr("n", msg(nil).varint(3, uint64(negative)))).bytes(9, attr("b", msg(nil).bytes(7, "\x01\x02"))).bytes(9, attr("empty", nil)).
		bytes(9, attr("@jaeger@warnings", msg(nil).bytes(5, string(msg(nil).bytes(1, string(msg(nil).bytes(1, "This span's timestamps were adjusted by 3ms"))))))).
		varint(10, 1).varint(12, 2).varint(14, 4).
		bytes(11, string(msg(nil).fixed(1, 6_000_000).bytes(2, "retry").bytes(3, textAttr("attempt", "2")).varint(4, 8))).
		bytes(13, string(msg(nil).bytes(1, protoTraceID).bytes(2, protoSpanID(9)).varint(5, 16))).
		bytes(15, string(msg(nil).bytes(2, "no")))
	got := one(t, request(string(msg(nil).bytes(2, string(msg(nil).bytes(2, string(span)))))))
	want := &trace.Span{ID: "0000000000000001", Service: "unknown_service", Name: "op\uFFFD", Start: 5000, Duration: 4000, Dropped: 31, Weight: 2,
		Attrs: trace.AttrsOf(map[string]string{"list": `["x\"y","7"]`, "map": `{"k":"v"}`, "f": "1.5", "n": "-5", "b": "AQI=", "empty": "",
			"otel.status_description": "no"}),
		Events: []trace.Event{{Time: 6000, Name: "retry", Attrs: trace.AttrsOf(map[string]string{"attempt": "2"})}},
		Links:  []trace.Link{{TraceID: "0af7651916cd43dd8448eb211c80319c", SpanID: "0000000000000009"}}}
	if diff := cmp.Diff(want, got.Spans[0], asRead); diff != "" {
		t.Errorf("span (-want +got):\n%s", diff)
	}
	if notes := strings.Join(got.Notes, "\n"); !strings.Contains(notes, "1 span that Jaeger moved in time") {
		t.Errorf("notes %q, want that Jaeger moved a span", notes)
	}
}

// Wherever protobuf is cut, it is rejected, or read with a note in each trace, unless the cut is between two messages.
func TestProtoCutAnywhere(t *testing.T) {
	for name, input := range sameCallProto(t) {
		first := len(framed(request(caller())))
		for i := range len(input) {
			between := name == "a request" && i == len(request(caller())) || name == "messages" && i == first
			if !between && silent(input[:i]) && !strings.HasPrefix(name, "compressed") {
				t.Errorf("%s cut to %d of %d bytes: neither an error nor a note", name, i, len(input))
			}
		}
	}
}

// Other signals look like traces from outside. They are passed over, and rejected by name if there is nothing else.
func TestProtoOtherSignals(t *testing.T) {
	record := msg(nil).fixed(1, 5).varint(2, 9).bytes(3, "INFO")
	metric := msg(nil).bytes(1, "requests").bytes(2, "of them").bytes(3, "1")
	resource := msg(nil).bytes(1, string(msg(nil).bytes(1, textAttr("service.name", "a"))))
	for name, item := range map[string]msg{"logs": record, "metrics": metric} {
		other := request(string(resource.bytes(2, string(msg(nil).bytes(2, string(item))))))
		if _, err := read.All(strings.NewReader(other)); err == nil || !strings.Contains(err.Error(), "OTLP metrics or logs, not traces") {
			t.Errorf("%s: %v, want that they are not traces", name, err)
		}
		if _, err := read.All(strings.NewReader(framed(other))); err == nil || !strings.Contains(err.Error(), "OTLP metrics or logs, not traces") {
			t.Errorf("messages of %s: %v, want that they are not traces", name, err)
		}
		got := one(t, framed(other, request(caller()), request(callee())))
		if notes := fmt.Sprint(got.Notes); len(got.Spans) != 2 || !strings.Contains(notes, "messages of OTLP metrics or logs, passed over: 1") {
			t.Errorf("%s and traces: %d spans, %s", name, len(got.Spans), notes)
		}
	}
}

// Nested values and false lengths end in an error, not in a crash or in all memory.
func TestProtoHostile(t *testing.T) {
	value := msg(nil).bytes(1, "x")
	for range 1000 {
		value = msg(nil).bytes(5, string(msg(nil).bytes(1, string(value))))
	}
	span := msg(nil).bytes(1, protoTraceID).bytes(2, protoSpanID(1)).fixed(7, 5000).fixed(8, 6000).bytes(9, attr("deep", value))
	resource := string(msg(nil).bytes(1, textAttr("service.name", "a")))
	for name, input := range map[string]string{
		"deep":         request(string(msg(nil).bytes(1, resource).bytes(2, string(msg(nil).bytes(2, string(span)))))),
		"false length": "\x3f\xff\xff\xff" + request(caller()),
	} {
		if traces, err := read.All(strings.NewReader(input)); err == nil {
			t.Errorf("%s: %d traces, want an error", name, len(traces))
		}
	}
}
