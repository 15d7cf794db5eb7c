package read

import (
	"encoding/binary"
	"errors"
	"io"
	"strings"
	"testing"

	"github.com/klauspost/compress/zstd"
)

// Input over the limit is rejected, not truncated: the diagnosis of a truncated trace would be wrong.
func TestLimit(t *testing.T) {
	for size, want := range map[int]error{9: nil, 10: errTooLarge, 11: errTooLarge, 1000: errTooLarge} {
		got, err := io.ReadAll(&limited{r: strings.NewReader(strings.Repeat("x", size)), left: 10})
		if !errors.Is(err, want) || len(got) > 10 {
			t.Errorf("%d bytes with a limit of 10: read %d, %v; want %v", size, len(got), err, want)
		}
	}
}

// Excessive white space is rejected before it costs time; a little of it, as between lines, is not.
func TestBlank(t *testing.T) {
	for blank, want := range map[int]error{1 << 10: ErrEmpty, maxBlank / 2: ErrEmpty, maxBlank * 2: errBlank, MaxBytes / 2: errBlank} {
		for _, in := range []string{"[]", "[", ""} {
			text := io.MultiReader(strings.NewReader(in), io.LimitReader(spaces{}, int64(blank)), strings.NewReader(strings.Repeat("]", len(in)%2)))
			if _, err := All(text); !errors.Is(err, want) {
				t.Errorf("%q and %d blanks: %v, want %v", in, blank, err, want)
			}
		}
	}
}

// What compressed messages become counts as input, too, all of them together.
func TestDecompressedLimit(t *testing.T) {
	w, err := zstd.NewWriter(nil)
	if err != nil {
		t.Fatal(err)
	}
	message := w.EncodeAll(make([]byte, 600), nil)
	f := &frames{builder: newBuilder(), left: 1000}
	if text, err := f.decompress(message); err != nil || len(text) != 600 {
		t.Errorf("the first message: %d bytes, %v", len(text), err)
	}
	if text, err := f.decompress(message); !errors.Is(err, errTooLarge) {
		t.Errorf("the second message: %d bytes, %v, want %v", len(text), err, errTooLarge)
	}
}

type spaces struct{}

func (spaces) Read(p []byte) (int, error) {
	for i := range p {
		p[i] = ' '
	}
	return len(p), nil
}

// More spans than fit in memory are rejected, in whatever format, and even if those of a resource wait for its end.
func TestTooManySpans(t *testing.T) {
	defer func(n int) { maxSpans = n }(maxSpans)
	maxSpans = 20
	otlp := `{"traceId":"t","spanId":"1","name":"n","startTimeUnixNano":"1","endTimeUnixNano":"2"}`
	zipkin := `{"traceId":"1","id":"2","kind":"CLIENT","timestamp":1,"duration":1}`
	datadog := `{"trace_id":1,"span_id":2,"start":1,"duration":1,"service":"a","resource":"b","name":"c"}`
	stdout := `{"Name":"x","SpanContext":{"TraceID":"4bf92f3577b34da6a3ce929d0e0e4736","SpanID":"00f067aa0ba902b7"},"SpanKind":1,"StartTime":"2026-01-01T00:00:00Z","EndTime":"2026-01-01T00:00:01Z"}`
	span := "\x0a\x10" + strings.Repeat("\x01", 16) + "\x12\x08" + strings.Repeat("\x02", 8) + "\x2a\x01n\x39" + strings.Repeat("\x01", 8)
	for name, of := range map[string]func(n int) string{
		"OTLP": func(n int) string { return `{"resourceSpans":[{"scopeSpans":[{"spans":[` + list(otlp, n) + `]}]}]}` },
		"OTLP by line": func(n int) string {
			return strings.Repeat(`{"resourceSpans":[{"scopeSpans":[{"spans":[`+otlp+`]}]}]}`+"\n", n)
		},
		"OTLP, only spans": func(n int) string { return `[` + list(otlp, n) + `]` },
		"OTLP protobuf": func(n int) string {
			scope := "\x0a\x03\x0a\x01s" + strings.Repeat("\x12"+string([]byte{byte(len(span))})+span, n)
			resource := "\x12" + string(binary.AppendUvarint(nil, uint64(len(scope)))) + scope
			return "\x0a" + string(binary.AppendUvarint(nil, uint64(len(resource)))) + resource
		},
		"Jaeger": func(n int) string {
			return `{"data":[{"traceID":"t","spans":[` + list(`{"spanID":"1","operationName":"o","startTime":1,"duration":1}`, n) + `]}]}`
		},
		"Zipkin":      func(n int) string { return `[` + list(zipkin, n) + `]` },
		"Datadog":     func(n int) string { return `[` + list(datadog, n) + `]` },
		"stdouttrace": func(n int) string { return strings.Repeat(stdout+"\n", n) },
	} {
		for n, want := range map[int]error{20: nil, 21: errTooMany} {
			if _, err := All(strings.NewReader(of(n))); !errors.Is(err, want) {
				t.Errorf("%s, %d spans with a limit of 20: %v, want %v", name, n, err, want)
			}
		}
	}
}

func list(value string, n int) string { return strings.TrimSuffix(strings.Repeat(value+",", n), ",") }
