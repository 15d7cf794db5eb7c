package read_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"testing"
	"testing/iotest"

	"spanwise/doctor/read"
	"spanwise/doctor/trace"
)

// Unreadable input gives an error that names the detected format and the place.
func TestErrors(t *testing.T) {
	for _, test := range []struct{ name, input, want string }{
		{"nothing", "", "no spans"},
		{"white space", " \n\t ", "no spans"},
		{"a page", "\n<!DOCTYPE html><html>", "HTML or XML at byte 1: want JSON of a trace (a login page or a wrong address?)"},
		{"UTF-16", "\xff\xfe{\x00}\x00", "UTF-16 text: want UTF-8"},
		{"words", "not a trace", `not JSON at byte 0 ("n"), and no other format of a trace (try: doctor help, which lists the formats)`},
		{"null", "null\n", "no spans"},
		{"other JSON", `{"name":"x","version":1}`, `JSON, byte 24: no format that doctor reads has the keys "name", "version" (try: doctor help, which lists the formats)`},
		{"no traces", `{"data":[],"total":0,"limit":0,"offset":0,"errors":null}`, "no spans"},
		{"no trace", `{"result":{}}`, "no spans"},
		{"Jaeger says no", `{"data":null,"errors":[{"code":404,"msg":"trace not found"}]}`, "no trace in it, only an error: trace not found"},
		{"Jaeger v3 says no", `{"error":{"httpCode":404,"message":"No traces found"}}`, "no trace in it, only an error: No traces found"},
		{"an error of another kind", `{"errors":[{"reason":"storage is down"}]}`, `no trace in it, only an error: [{"reason":"storage is down"}]`},
		{"a log", `{"level":"info","message":"GET /x"}`, `no format that doctor reads has the keys "level"; its message is: GET /x (a log, not a trace)`},
		{"half a trace", `{"data":[{"traceID":"t","spans":[{"spanID":"1","operationName":"op"`, "Jaeger JSON, byte 33: cut off in the middle of a value (an incomplete download?)"},
		{"a number for spans", `{"data":[{"traceID":"t","spans":5}]}`, "Jaeger JSON, byte 33: found 5, want a list"},
		{"a number for data", `{"data":5}`, "Jaeger JSON, byte 9: found 5, want an object or a list"},
		{"broken JSON", `{"resourceSpans":[{"resource":{},}]}`, "OTLP JSON, byte 33: invalid character '}'"},
		{"words after JSON", sameCall["zipkin"] + " and more", "Zipkin JSON, byte "},
		{"a list of numbers", `[1,2,3]`, "Zipkin JSON, byte "},
		{"wrapped too deep", strings.Repeat(`{"data":`, 50) + `{}` + strings.Repeat("}", 50), "Jaeger JSON, byte 65: documents are nested too deeply"},
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

// An error quotes only the beginning of a long text, or it would be as long as the input.
func TestErrorsAreShort(t *testing.T) {
	long := strings.Repeat("ö", 10_000)
	for name, input := range map[string]string{
		"a string for data":      `{"data":"` + long + `"}`,
		"a string for spans":     `{"data":[{"spans":"` + long + `"}]}`,
		"a key":                  `{"` + long + `":1}`,
		"a server's message":     `{"errors":[{"code":500,"msg":"` + long + `"}]}`,
		"a message of Tempo's":   `{"message":"` + long + `"}`,
		"an error of any form":   `{"error":{"x":"` + long + `"}}`,
		"a trace without times":  `{"data":[{"traceID":"` + long + `","spans":[{"spanID":"1","operationName":"op"}]}]}`,
		"a record that is text":  `{"data":{"trace":{"spans":[{"segmentId":"1","spanId":1,"parentSpanId":0}],"x":"` + long + `"}}}`,
		"a key without a colon":  `{"trace_id":"1","span_id":"2","start":1,"duration":2,"` + long + `" 5}`,
		"a string for a segment": `{"Segments":[{"Id":"1","Document":"` + long + `"}]}`,
	} {
		if _, err := read.All(strings.NewReader(input)); err == nil || len(err.Error()) > 1000 || strings.ContainsRune(err.Error(), '\uFFFD') {
			t.Errorf("%s: an error of %d bytes, want one of at most 1000: %.100v", name, len(fmt.Sprint(err)), err)
		}
	}
}

// Wherever an input is cut, it is either rejected, or read with a note in each trace that it was cut.
func TestCutAnywhere(t *testing.T) {
	for name, input := range sameCall {
		for i := range len(input) {
			if len(strings.TrimSpace(input[i:])) > 0 && !wholeLines(input[:i]) && silent(input[:i]) {
				t.Errorf("%s cut to %d bytes: neither an error nor a note", name, i)
			}
		}
		zipped := zip(t, input)
		for i := range len(zipped) - 1 {
			if silent(zipped[:i]) {
				t.Errorf("%s gzipped and cut to %d bytes: neither an error nor a note", name, i)
			}
		}
	}
}

// wholeLines reports whether a cut cannot be detected, since each line is a document.
func wholeLines(input string) bool {
	for l := range strings.Lines(input) {
		if !json.Valid([]byte(l)) {
			return false
		}
	}
	return true
}

// silent reports whether an input is read as if it were complete.
func silent(input string) bool {
	traces, err := read.All(strings.NewReader(input))
	if err != nil {
		return false
	}
	return slices.ContainsFunc(traces, func(t *trace.Trace) bool { return !strings.Contains(strings.Join(t.Notes, "\n"), "cut off") })
}

// Spans before a cut are read, and lost ones are counted as far as they are known.
func TestWhatACutLeaves(t *testing.T) {
	span := func(id, parent string) string {
		return fmt.Sprintf(`{"spanID":%q,"operationName":"op","startTime":5,"duration":4,"processID":"p","references":[{"refType":"CHILD_OF","spanID":%q}]}`, id, parent)
	}
	for name, test := range map[string]struct{ input, want string }{
		"one span":     {`{"data":[{"traceID":"t","spans":[` + span("1", "") + `,{"spa`, "1 span read; the rest is lost"},
		"two of three": {`{"data":[{"traceID":"t","spans":[` + span("3", "1") + "," + span("4", "3") + `],"proc`, "2 spans read; the rest is lost, including at least 1 span named as a parent"},
	} {
		got := one(t, test.input)
		if note := got.Notes[0]; !got.CutOff || !strings.HasPrefix(note, "the input is cut off at byte ") || !strings.HasSuffix(note, test.want) {
			t.Errorf("%s: notes %q, want one that ends %q", name, got.Notes, test.want)
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
	if !strings.Contains(got.Spans[0].Attrs.Get("deep"), "x") {
		t.Errorf("deep attribute is %q, want x in it", got.Spans[0].Attrs.Get("deep"))
	}
}

// All returns an error of its reader, whatever it read before that.
func TestReaderFails(t *testing.T) {
	broken := errors.New("disk on fire")
	for _, before := range []string{"", "{", sameCall["otlp"]} {
		_, err := read.All(io.MultiReader(strings.NewReader(before), iotest.ErrReader(broken)))
		if !errors.Is(err, broken) {
			t.Errorf("after %d bytes got %v, want %v", len(before), err, broken)
		}
	}
	// Reading one byte at a time gives the same traces.
	if traces, err := read.All(iotest.OneByteReader(bytes.NewReader([]byte(sameCall["jaeger"])))); err != nil || len(traces) != 1 {
		t.Errorf("one byte at a time: %d traces, %v", len(traces), err)
	}
}
