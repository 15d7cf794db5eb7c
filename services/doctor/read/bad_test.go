package read_test

import (
	"bytes"
	"errors"
	"fmt"
	"strings"
	"testing"
	"testing/iotest"

	"spanwise/doctor/read"
)

// What cannot be read is refused with the format it seemed to have, and the place.
func TestErrors(t *testing.T) {
	for _, test := range []struct{ name, input, want string }{
		{"nothing", "", "no spans in it"},
		{"white space", " \n\t ", "no spans in it"},
		{"a page", "\n<!DOCTYPE html><html>", "HTML or XML at byte 1: want Jaeger, OTLP or Zipkin JSON (a login page or a wrong address?)"},
		{"words", "not a trace", `not JSON at byte 0 ("n"): want Jaeger, OTLP or Zipkin JSON`},
		{"other JSON", `{"name":"x","version":1}`, `JSON, byte 24: no key of Jaeger, OTLP or Zipkin JSON among "name", "version"`},
		{"no traces", `{"data":[],"total":0,"limit":0,"offset":0,"errors":null}`, "no spans in it"},
		{"no trace", `{"result":{}}`, "no spans in it"},
		{"Jaeger says no", `{"data":null,"errors":[{"code":404,"msg":"trace not found"}]}`, "Jaeger JSON, byte 61: the answer has an error: trace not found"},
		{"Jaeger v3 says no", `{"error":{"httpCode":404,"message":"No traces found"}}`, "JSON, byte 54: the answer has an error: No traces found"},
		{"half a trace", `{"data":[{"traceID":"t","spans":[{"spanID":"1","operationName":"op"`, "Jaeger JSON, byte 33: cut off in the middle of a value (an incomplete download?)"},
		{"a number for spans", `{"data":[{"traceID":"t","spans":5}]}`, "Jaeger JSON, byte 33: found 5, want a list"},
		{"a number for data", `{"data":5}`, "Jaeger JSON, byte 9: found 5, want an object or a list"},
		{"broken JSON", `{"resourceSpans":[{"resource":{},}]}`, "OTLP JSON, byte 33: invalid character '}'"},
		{"words after JSON", sameCall["zipkin"] + " and more", "Zipkin JSON, byte "},
		{"a list of numbers", `[1,2,3]`, "Zipkin JSON, byte "},
		{"wrapped too deep", strings.Repeat(`{"data":`, 50) + `{}` + strings.Repeat("}", 50), "Jaeger JSON, byte 65: documents nested too deep"},
		{"a deep list", `{"data":` + strings.Repeat("[", 100_000), "Jaeger JSON, byte "},
		{"a deep value", `{"other":` + strings.Repeat("[", 100_000), "JSON, byte "},
		{"half a gzip", "\x1f\x8b\x08", "gzip, byte 0: unexpected EOF"},
	} {
		t.Run(test.name, func(t *testing.T) {
			traces, err := read.All(strings.NewReader(test.input))
			if err == nil || !strings.HasPrefix(err.Error(), test.want) {
				t.Errorf("got %d traces and %v, want an error that begins %q", len(traces), err, test.want)
			}
		})
	}
}

// However short an input is cut, it is read or refused, and the part that was read is never silently all.
func TestCutAnywhere(t *testing.T) {
	for name, input := range sameCall {
		for i := range len(input) {
			traces, err := read.All(strings.NewReader(input[:i]))
			if err == nil && len(strings.TrimSpace(input[i:])) > 0 {
				t.Errorf("%s cut to %d bytes: read %d traces without an error", name, i, len(traces))
			}
		}
		zipped := zip(t, input)
		for i := range len(zipped) - 1 {
			traces, err := read.All(strings.NewReader(zipped[:i]))
			if err == nil && !strings.Contains(strings.Join(traces[0].Notes, "\n"), "cut off") {
				t.Errorf("%s gzipped and cut to %d bytes: neither an error nor a note", name, i)
			}
		}
	}
}

// Attributes nested 50 deep are kept as text.
func TestDeepAttributes(t *testing.T) {
	value := `{"stringValue":"x"}`
	for range 50 {
		value = `{"arrayValue":{"values":[` + value + `]}}`
	}
	got := one(t, fmt.Sprintf(`{"resourceSpans":[{"scopeSpans":[{"spans":[{"traceId":"t","spanId":"1","name":"n","startTimeUnixNano":"1","endTimeUnixNano":"2","attributes":[{"key":"deep","value":%s}]}]}]}]}`, value))
	if !strings.Contains(got.Spans[0].Attrs["deep"], "x") {
		t.Errorf("deep attribute is %q, want x in it", got.Spans[0].Attrs["deep"])
	}
}

// A reader's own error comes through, whatever was read before it.
func TestReaderFails(t *testing.T) {
	broken := errors.New("disk on fire")
	for _, before := range []string{"", "{", sameCall["otlp"]} {
		_, err := read.All(iotest.TimeoutReader(iotest.ErrReader(broken)))
		if !errors.Is(err, broken) {
			t.Errorf("after %d bytes got %v, want %v", len(before), err, broken)
		}
	}
	// One byte at a time is as good as all at once.
	if traces, err := read.All(iotest.OneByteReader(bytes.NewReader([]byte(sameCall["jaeger"])))); err != nil || len(traces) != 1 {
		t.Errorf("one byte at a time: %d traces, %v", len(traces), err)
	}
}
