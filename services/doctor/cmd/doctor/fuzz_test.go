package main

import (
	"bytes"
	"os"
	"strconv"
	"strings"
	"testing"
	"time"
	"unicode"

	"spanwise/doctor/read"
	"spanwise/doctor/report"
)

// Any input that can be read can be diagnosed and shown in every form, with the same result each time and no control characters.
func FuzzReports(f *testing.F) {
	for _, file := range []string{"../../report/testdata/books.json"} {
		b, err := os.ReadFile(file)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(b, uint8(80))
	}
	f.Add([]byte(`{"traceID":"t","spans":[{"spanID":"1","operationName":"\u001b\u202e","duration":9e18},{"spanID":"2","parentSpanID":"1","startTime":-9e18},{"spanID":"2","parentSpanID":"3"}]}`), uint8(0))
	f.Add([]byte(`[{"traceId":"a","id":"1","name":"GET","kind":"CLIENT","timestamp":1,"duration":5},{"traceId":"b","id":"1","kind":"SERVER","tags":{"error":""}}]`), uint8(255))
	f.Fuzz(func(t *testing.T, input []byte, width uint8) {
		first := show(t, input, int(width))
		if again := show(t, input, int(width)); again != first {
			t.Errorf("the second time differs:\n%s\nfirst:\n%s", again, first)
		}
		for _, r := range first {
			if unicode.IsControl(r) && r != '\n' {
				t.Errorf("control character %q in:\n%s", r, first)
			}
		}
	})
}

// show is every text form of the report on input.
func show(t *testing.T, input []byte, width int) string {
	var all bytes.Buffer
	columns := func(key string) string { return map[string]string{"COLUMNS": strconv.Itoa(width)}[key] }
	for _, form := range []string{"-trace=", "-json", "-markdown", "-max-calls=1"} {
		var out, errs bytes.Buffer
		code := run(t.Context(), []string{"doctor", "-", form}, bytes.NewReader(input), &out, &errs, columns)
		// A part of an input can have a report and still not pass.
		cutOff := strings.Contains(errs.String(), "in the part that was read")
		if code == exitUsage || (code == exitUnreadable) != (out.Len() == 0 || cutOff) {
			t.Errorf("%s: exit code %d, %d bytes of report, and %q", form, code, out.Len(), errs.String())
		}
		all.Write(out.Bytes())
	}
	traces, err := read.All(bytes.NewReader(input))
	if err != nil {
		return all.String()
	}
	cases := new(options).diagnose(traces)
	if err := report.HTML(&all, cases, report.Look{}); err != nil {
		t.Error(err)
	}
	side := report.Side{Name: "x", Cases: cases}
	if err := report.Compare(side, side).Terminal(&all, report.Look{Width: width}); err != nil {
		t.Error(err)
	}
	return all.String()
}

// Whatever is pasted, it is a target or an error.
func FuzzParseArgument(f *testing.F) {
	for _, seed := range []string{"1a", "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-00", "1-5759e988-bd862e3fe1be46a994272793",
		"http://h/trace/a1...b2", "http://h/search?service=a&lookback=2d", "http://h/search?service=a&start=1&end=2",
		`http://h/explore?left=["now-1h","now","P1",{"query":"0000000000000000000000000000001a"}]`,
		`http://h/explore?panes={"x":{"datasource":{"uid":"P1"},"queries":[{"query":"0000000000000000000000000000001a"}]}}`} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, arg string) {
		got, err := parseArgument(arg, time.Unix(1_800_000_000, 0))
		if err == nil && got.service == "" && !read.IsTraceID(got.id) {
			t.Errorf("%q: %+v", arg, got)
		}
	})
}
