package doctor_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"strings"
	"testing"
	"time"

	"spanwise/doctor"
	"spanwise/doctor/read"
	"spanwise/doctor/report"
	"spanwise/doctor/trace"
)

// From a file of 100,000 spans to its report takes at most so many times as long as it takes encoding/json to check that the file is
// JSON. A ratio holds on a slow machine too.
func BenchmarkFile(b *testing.B) {
	for _, format := range []struct {
		name  string
		most  float64
		write func(*bytes.Buffer, []*trace.Span)
	}{
		{"otlp", 10, writeOTLP},
		{"otlp-lines", 10, writeLines},
		{"jaeger", 10, writeJaeger},
		{"zipkin", 10, writeZipkin},
	} {
		b.Run(format.name, func(b *testing.B) {
			var file bytes.Buffer
			format.write(&file, business(100_000))
			b.SetBytes(int64(file.Len()))
			check := time.Duration(1 << 62)
			best := fastest(b, 0, func() func() {
				start := time.Now()
				valid(file.Bytes())
				check = min(check, time.Since(start))
				return func() { reportFile(b, file.Bytes()) }
			})
			times := best.Seconds() / check.Seconds()
			b.ReportMetric(times, "x-json.Valid")
			b.ReportMetric(peak(func() { reportFile(b, file.Bytes()) })/100_000, "peak-B/span")
			if times > format.most {
				b.Errorf("takes %.1f times as long as encoding/json's check, want at most %.0f times", times, format.most)
			}
		})
	}
}

// valid checks each line, since several documents are not valid JSON together.
func valid(file []byte) {
	for line := range bytes.Lines(file) {
		json.Valid(line)
	}
}

func reportFile(b *testing.B, file []byte) {
	traces, err := read.All(bytes.NewReader(file))
	if err != nil {
		b.Fatal(err)
	}
	for i, r := range doctor.DiagnoseAll(traces) {
		if err := report.Terminal(io.Discard, report.Case{Trace: traces[i], Report: r}, report.Look{}); err != nil {
			b.Fatal(err)
		}
	}
}

const fileTraceID = "4bf92f3577b34da6a3ce929d0e0e4736"

func writeOTLP(w *bytes.Buffer, spans []*trace.Span) {
	w.WriteString(`{"resourceSpans":[`)
	for i := range spans {
		if i > 0 {
			w.WriteByte(',')
		}
		writeOTLPSpan(w, spans[i])
	}
	w.WriteString("]}\n")
}

// writeLines writes as the Collector's file exporter does: a document on each line.
func writeLines(w *bytes.Buffer, spans []*trace.Span) {
	for _, s := range spans {
		writeOTLP(w, []*trace.Span{s})
	}
}

func writeOTLPSpan(w *bytes.Buffer, s *trace.Span) {
	fmt.Fprintf(w, `{"resource":{"attributes":[{"key":"service.name","value":{"stringValue":%q}}]},"scopeSpans":[{"scope":{"name":"x"},"spans":[`, s.Service)
	fmt.Fprintf(w, `{"traceId":%q,"spanId":%q,"parentSpanId":%q,"flags":257,"name":%q,"kind":%d,"startTimeUnixNano":"%d000","endTimeUnixNano":"%d000","attributes":`,
		fileTraceID, s.ID, s.ParentID, s.Name, s.Kind, s.Start, s.End())
	writeList(w, s.Attrs, `{"key":%q,"value":{"stringValue":%q}}`)
	w.WriteString(`,"status":{}}]}]}`)
}

func writeJaeger(w *bytes.Buffer, spans []*trace.Span) {
	fmt.Fprintf(w, `{"data":[{"traceID":%q,"spans":[`, fileTraceID)
	processes := map[string]map[string]string{}
	for i, s := range spans {
		if i > 0 {
			w.WriteByte(',')
		}
		processes["p-"+s.Service] = map[string]string{"serviceName": s.Service}
		fmt.Fprintf(w, `{"traceID":%q,"spanID":%q,"operationName":%q,"references":[{"refType":"CHILD_OF","traceID":%q,"spanID":%q}],"startTime":%d,"duration":%d,"tags":`,
			fileTraceID, s.ID, s.Name, fileTraceID, s.ParentID, s.Start, s.Duration)
		writeList(w, append(trace.Attrs{{Key: "span.kind", Value: strings.ToLower(kindName(s.Kind))}}, s.Attrs...), `{"key":%q,"type":"string","value":%q}`)
		fmt.Fprintf(w, `,"logs":[],"processID":"p-%s","warnings":null}`, s.Service)
	}
	all, _ := json.Marshal(processes)
	fmt.Fprintf(w, `],"processes":%s}]}`, all)
}

func writeZipkin(w *bytes.Buffer, spans []*trace.Span) {
	w.WriteByte('[')
	for i, s := range spans {
		if i > 0 {
			w.WriteByte(',')
		}
		tags := map[string]string{}
		for _, a := range s.Attrs {
			tags[a.Key] = a.Value
		}
		text, _ := json.Marshal(tags)
		fmt.Fprintf(w, `{"traceId":%q,"id":%q,"parentId":%q,"name":%q,"kind":%q,"timestamp":%d,"duration":%d,"localEndpoint":{"serviceName":%q},"tags":%s}`,
			fileTraceID, s.ID, s.ParentID, s.Name, kindName(s.Kind), s.Start, s.Duration, s.Service, text)
	}
	w.WriteByte(']')
}

func kindName(k trace.Kind) string {
	return []string{"", "INTERNAL", "SERVER", "CLIENT", "PRODUCER", "CONSUMER"}[k]
}

func writeList(w *bytes.Buffer, attrs trace.Attrs, format string) {
	w.WriteByte('[')
	for i, a := range attrs {
		if i > 0 {
			w.WriteByte(',')
		}
		fmt.Fprintf(w, format, a.Key, a.Value)
	}
	w.WriteByte(']')
}

// What the benchmark writes is read as it was.
func TestBenchmarkFiles(t *testing.T) {
	want := trace.New(fileTraceID, business(60))
	for name, write := range map[string]func(*bytes.Buffer, []*trace.Span){"otlp": writeOTLP, "lines": writeLines, "jaeger": writeJaeger, "zipkin": writeZipkin} {
		var file bytes.Buffer
		write(&file, business(60))
		got, err := read.All(&file)
		if err != nil || len(got) != 1 || len(got[0].Roots) != 1 || len(got[0].Spans) != len(want.Spans) {
			t.Errorf("%s: got %d traces, %v; want one of %d spans", name, len(got), err, len(want.Spans))
			continue
		}
		for i, s := range got[0].Spans {
			if w := want.Spans[i]; s.Name != w.Name || s.Kind != w.Kind || s.Start != w.Start || s.Get(trace.DBText) != w.Get(trace.DBText) {
				t.Errorf("%s: span %d is %s at %s, want %s at %s", name, i, s.Name, s.Start, w.Name, w.Start)
			}
		}
	}
}
