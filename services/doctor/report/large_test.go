package report_test

import (
	"bytes"
	"fmt"
	"io"
	"strings"
	"testing"

	"spanwise/doctor"
	"spanwise/doctor/report"
	"spanwise/doctor/trace"
)

// shapes are large traces that a waterfall cannot draw span by span.
var shapes = map[string]func(i int) trace.Span{
	"siblings": func(i int) trace.Span {
		return trace.Span{ParentID: "0", Name: "call", Start: trace.Micros(i), Duration: 1}
	},
	"names": func(i int) trace.Span {
		return trace.Span{ParentID: fmt.Sprint(i / 3), Name: fmt.Sprint("call ", i), Start: trace.Micros(i), Duration: 1}
	},
	"chain": func(i int) trace.Span {
		return trace.Span{ParentID: fmt.Sprint(i - 1), Name: fmt.Sprint("call ", i), Start: trace.Micros(i), Duration: trace.Micros(500_000 - i)}
	},
	"roots": func(i int) trace.Span {
		return trace.Span{Name: fmt.Sprint("call ", i), Start: trace.Micros(i), Duration: 10}
	},
	"orphans": func(i int) trace.Span {
		return trace.Span{ParentID: "gone", Name: "call", Start: trace.Micros(i), Duration: 10}
	},
}

// large is a trace of n spans with an empty report, for tests of the waterfall.
func large(n int, shape func(int) trace.Span) report.Case {
	spans := []*trace.Span{{ID: "0", Service: "s", Name: "root", Duration: 1_000_000}}
	for i := 1; i < n; i++ {
		s := shape(i)
		s.ID, s.Service = fmt.Sprint(i), "s"
		spans = append(spans, &s)
	}
	t := trace.New("t", spans)
	return report.Case{Trace: t, Report: doctor.Report{TraceID: "t", Root: doctor.Root{Service: "s", Operation: "root", DurationUS: 1_000_000}, Spans: n}}
}

// A trace of 100,000 spans prints a few rows, accounts for all its spans, and fits the window.
func TestLargeTraces(t *testing.T) {
	for name, shape := range shapes {
		t.Run(name, func(t *testing.T) {
			c := large(100_000, shape)
			var b bytes.Buffer
			if err := report.Terminal(&b, c, report.Look{Width: 80}); err != nil {
				t.Fatal(err)
			}
			lines := strings.Split(b.String(), "\n")
			if len(lines) > 130 {
				t.Errorf("%d lines, want what a person can read", len(lines))
			}
			for _, l := range lines {
				if n := len([]rune(l)); n > 80 {
					t.Errorf("%d columns wide: %s", n, l)
				}
			}
			if text := b.String(); !strings.Contains(text, "more span") && !strings.Contains(text, "×99,999") {
				t.Errorf("the spans without a row are not counted:\n%s", text)
			}
			b.Reset()
			if err := report.HTML(&b, []report.Case{c}, report.Look{}); err != nil {
				t.Fatal(err)
			}
			if b.Len() > 4<<20 {
				t.Errorf("the page has %d bytes, want less than 4 MiB", b.Len())
			}
		})
	}
}

func BenchmarkTerminal(b *testing.B) {
	for name, shape := range shapes {
		b.Run(name, func(b *testing.B) {
			c := large(100_000, shape)
			for b.Loop() {
				if err := report.Terminal(io.Discard, c, report.Look{Width: 120}); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
