package logs

import (
	"bytes"
	"compress/gzip"
	"fmt"
	"net/http"
	"net/http/httptest"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	collectorpb "go.opentelemetry.io/proto/otlp/collector/logs/v1"
	commonpb "go.opentelemetry.io/proto/otlp/common/v1"
	logspb "go.opentelemetry.io/proto/otlp/logs/v1"
	resourcepb "go.opentelemetry.io/proto/otlp/resource/v1"
	"google.golang.org/protobuf/encoding/protowire"
	"google.golang.org/protobuf/proto"
)

// A store returns the lines of one trace by their time, and the lines of no trace under "".
func TestOf(t *testing.T) {
	var s Store
	at := func(second int64) time.Time { return time.Unix(second, 0) }
	s.Add(Line{Trace: "a", Message: "second", Time: at(2)})
	s.Add(Line{Trace: "b", Message: "other"})
	s.Add(Line{Trace: "a", Message: "first", Time: at(1)})
	s.Add(Line{Message: "listening"})
	for trace, want := range map[string]string{"a": "first second", "b": "other", "": "listening", "c": ""} {
		if got := messages(s.Of(trace)); got != want {
			t.Errorf("trace %q: got %q, want %q", trace, got, want)
		}
	}
}

// A nil store takes lines and has none.
func TestNilStore(t *testing.T) {
	var s *Store
	s.Add(Line{Trace: "a"})
	if s.Of("a") != nil || s.Dropped() != 0 {
		t.Errorf("got %v and %d dropped, want nothing", s.Of("a"), s.Dropped())
	}
}

// The oldest lines make room, by number and by size, and are counted.
func TestBound(t *testing.T) {
	var s Store
	for i := range maxLines + 10 {
		s.Add(Line{Trace: fmt.Sprint(i % 2), Message: fmt.Sprint(i)})
	}
	if got := len(s.Of("0")) + len(s.Of("1")); got != maxLines || s.Dropped() != 10 || s.Of("0")[0].Message != "10" {
		t.Errorf("got %d lines from %s on and %d dropped, want %d from 10 on and 10", got, s.Of("0")[0].Message, s.Dropped(), maxLines)
	}
	s = Store{}
	for range 100 {
		s.Add(Line{Message: strings.Repeat("x", maxBytes/50)})
	}
	if got := len(s.Of("")); got == 0 || got > 50 || s.Dropped() != 100-got || s.bytes > maxBytes {
		t.Errorf("got %d lines of %d bytes and %d dropped, want at most 50 of %d bytes", got, s.bytes, s.Dropped(), maxBytes)
	}
}

// The receiver stores what a service logged, with its service, trace, span and attributes.
func TestReceive(t *testing.T) {
	request := &collectorpb.ExportLogsServiceRequest{ResourceLogs: []*logspb.ResourceLogs{{
		Resource: &resourcepb.Resource{Attributes: []*commonpb.KeyValue{attr("service.name", str("order"))}},
		ScopeLogs: []*logspb.ScopeLogs{{LogRecords: []*logspb.LogRecord{{
			TimeUnixNano: 1_000_000_000, SeverityText: "ERROR", Body: str("request failed"),
			TraceId: bytes.Repeat([]byte{0xab}, 16), SpanId: bytes.Repeat([]byte{0xcd}, 8),
			Attributes: []*commonpb.KeyValue{
				attr("path", str("/orders/1")),
				attr("status", &commonpb.AnyValue{Value: &commonpb.AnyValue_IntValue{IntValue: 503}}),
				attr("long", str(strings.Repeat("é", maxText))),
			},
		}, {
			ObservedTimeUnixNano: 2_000_000_000, SeverityNumber: logspb.SeverityNumber_SEVERITY_NUMBER_WARN2,
		}}}},
	}}}
	plain, err := proto.Marshal(request)
	if err != nil {
		t.Fatal(err)
	}
	want := []Line{{
		Time: time.Unix(1, 0).UTC(), Service: "order", Severity: "ERROR", Message: "request failed",
		Trace: strings.Repeat("ab", 16), Span: strings.Repeat("cd", 8),
		Attrs: map[string]string{"path": "/orders/1", "status": "503", "long": strings.Repeat("é", maxText/2) + "… (8192 bytes cut off)"},
	}}
	for encoding, body := range map[string][]byte{"": plain, "gzip": zipped(t, plain)} {
		var s Store
		if code, answer := post(&s, protobuf, encoding, body); code != http.StatusOK || answer != "" {
			t.Errorf("%q: got %d %q, want 200 and an empty message", encoding, code, answer)
		}
		if diff := cmp.Diff(want, s.Of(want[0].Trace)); diff != "" {
			t.Errorf("%q (-want +got):\n%s", encoding, diff)
		}
		if diff := cmp.Diff([]Line{{Time: time.Unix(2, 0).UTC(), Service: "order", Severity: "WARN"}}, s.Of("")); diff != "" {
			t.Errorf("%q, the line outside a trace (-want +got):\n%s", encoding, diff)
		}
	}
}

// A request that is no OTLP, too large or from a web page's form is refused with the reason, and stores nothing.
func TestRefuse(t *testing.T) {
	for _, test := range []struct {
		kind, encoding string
		body           []byte
		want           int
		says           string
	}{
		{protobuf, "", []byte("no protobuf"), http.StatusBadRequest, "decode"},
		{protobuf, "gzip", []byte("no gzip"), http.StatusBadRequest, "gzip"},
		{protobuf, "gzip", zipped(t, make([]byte, 10<<20)), http.StatusRequestEntityTooLarge, "over 8 MiB"},
		{protobuf, "br", nil, http.StatusUnsupportedMediaType, "gzip or none"},
		{"application/json", "", []byte("{}"), http.StatusUnsupportedMediaType, protobuf},
		{"text/plain", "", nil, http.StatusUnsupportedMediaType, protobuf},
		{"", "", nil, http.StatusUnsupportedMediaType, protobuf},
	} {
		var s Store
		if code, answer := post(&s, test.kind, test.encoding, test.body); code != test.want || !strings.Contains(answer, test.says) {
			t.Errorf("%q %q: got %d %q, want %d and %q", test.kind, test.encoding, code, answer, test.want, test.says)
		}
		if len(s.lines) != 0 {
			t.Errorf("%q %q: stored %v", test.kind, test.encoding, s.lines)
		}
	}
	var s Store
	page := httptest.NewRequest("POST", "http://rebound.example/v1/logs", nil)
	page.Header.Set("Content-Type", protobuf)
	page.Header.Set("Origin", "http://rebound.example")
	w := httptest.NewRecorder()
	s.Receiver().ServeHTTP(w, page)
	if w.Code != http.StatusForbidden {
		t.Errorf("from a web page: got %d, want 403", w.Code)
	}
	w = httptest.NewRecorder()
	s.Receiver().ServeHTTP(w, httptest.NewRequest("GET", "/v1/logs", nil))
	if w.Code != http.StatusMethodNotAllowed {
		t.Errorf("GET: got %d, want 405", w.Code)
	}
}

// What takes many times its size when it is decoded is refused or left out, and counted, without taking the memory.
func TestSmallParts(t *testing.T) {
	field := func(n protowire.Number, content []byte) []byte {
		return protowire.AppendBytes(protowire.AppendTag(nil, n, protowire.BytesType), content)
	}
	request := func(records []byte) []byte { return field(resourceLogs, field(scopeLogs, records)) }
	empty := field(logRecords, nil)
	attributes := field(logRecords, bytes.Repeat(field(6, nil), maxRecord)) // of LogRecord
	for _, test := range []struct {
		name          string
		body          []byte
		code          int
		kept, dropped int
	}{
		{"too many records", request(bytes.Repeat(empty, 4_000_000)), http.StatusBadRequest, maxLines, 0},
		{"a large record", request(slices.Concat(empty, attributes, empty)), http.StatusOK, 2, 1},
		{"a large resource", field(resourceLogs, field(resource, attributes)), http.StatusBadRequest, 0, 0},
	} {
		var s Store
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		code, answer := post(&s, protobuf, "", test.body)
		runtime.ReadMemStats(&after)
		if code != test.code || len(s.lines) != test.kept || s.Dropped() != test.dropped {
			t.Errorf("%s: got %d %q, kept %d and dropped %d, want %d, %d and %d",
				test.name, code, answer, len(s.lines), s.Dropped(), test.code, test.kept, test.dropped)
		}
		if took := (after.TotalAlloc - before.TotalAlloc) >> 20; took > 100 {
			t.Errorf("%s: took %d MiB", test.name, took)
		}
	}
}

// Whatever is sent, the receiver answers and does not panic.
func FuzzReceive(f *testing.F) {
	f.Add([]byte{})
	f.Fuzz(func(t *testing.T, body []byte) {
		var s Store
		if code, answer := post(&s, protobuf, "", body); code != http.StatusOK && answer == "" {
			t.Errorf("got %d without a reason", code)
		}
	})
}

func post(s *Store, kind, encoding string, body []byte) (int, string) {
	r := httptest.NewRequest("POST", "/v1/logs", bytes.NewReader(body))
	r.Header.Set("Content-Type", kind)
	r.Header.Set("Content-Encoding", encoding)
	w := httptest.NewRecorder()
	s.Receiver().ServeHTTP(w, r)
	return w.Code, w.Body.String()
}

func messages(lines []Line) string {
	var all []string
	for _, l := range lines {
		all = append(all, l.Message)
	}
	return strings.Join(all, " ")
}

func attr(key string, value *commonpb.AnyValue) *commonpb.KeyValue {
	return &commonpb.KeyValue{Key: key, Value: value}
}

func str(s string) *commonpb.AnyValue {
	return &commonpb.AnyValue{Value: &commonpb.AnyValue_StringValue{StringValue: s}}
}

func zipped(t *testing.T, plain []byte) []byte {
	t.Helper()
	var b bytes.Buffer
	w := gzip.NewWriter(&b)
	if _, err := w.Write(plain); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}
