// Package read turns the exports of tracing back ends into traces. Call [All] for a file, [Jaeger] or [Tempo] for an address.
//
// The format is detected. These are read:
//
//   - Jaeger JSON: of its API and its pages, and of its protobuf
//   - OTLP JSON: the Collector's file exporter, Grafana Tempo's responses, with or without the outer objects
//   - OTLP protobuf: a request, and what the Collector's file exporter writes as proto, or compressed with zstd
//   - what OpenTelemetry prints: Go's stdouttrace, and the console exporters of Python and JavaScript
//   - Zipkin JSON, v2 and v1
//   - documents of spans in Elasticsearch and OpenSearch: Elastic APM's, OpenTelemetry's, Jaeger's, Data Prepper's
//   - AWS X-Ray, Datadog and SkyWalking
//
// Each may be compressed with gzip or zstd. What is not a trace is rejected by its name, see refused.go. Whatever had to be repaired or
// left out is counted in the trace's Notes.
//
// Jaeger JSON, OTLP JSON and Zipkin v2 are read key by key, by document. The others are read by records, one object after the other:
// the table in forms.go says by which keys sniff recognizes them, and what reads them.
package read

import (
	"bytes"
	"errors"
	"fmt"
	"io"

	"spanwise/doctor/trace"
)

// ErrEmpty means that the input was empty, or well-formed but without a span.
var ErrEmpty = errors.New("no spans")

// All reads every trace in r, in the order in which they first appear.
//
// Several documents may follow each other (NDJSON), and one trace may be spread over all of them. An input that is cut
// off, or that has one document per line and broken lines, gives the spans that could be read, with a note in each trace. Errors name
// the detected format and the byte where reading stopped. An input without spans gives [ErrEmpty].
func All(r io.Reader) ([]*trace.Trace, error) { return Within(r, MaxBytes) }

// Within is All with another limit than [MaxBytes] for the size of the input after decompression.
func Within(r io.Reader, bytes int64) ([]*trace.Trace, error) {
	traces, err := parse(r, bytes)
	if errors.Is(err, errTooLarge) && bytes < MaxBytes {
		err = fmt.Errorf("larger than %d MiB when unpacked (try: fewer traces)", bytes>>20)
	}
	if err == nil && len(traces) == 0 {
		err = ErrEmpty
	}
	return traces, err
}

// parse is All for inputs that may be empty.
func parse(r io.Reader, limit int64) ([]*trace.Trace, error) {
	in, err := unpack(r, limit)
	if err != nil {
		return nil, err
	}
	b := newBuilder()
	read, err := detect(in)
	if err == nil {
		err = read(b, in)
	}
	if err != nil {
		return nil, err
	}
	return b.judgeable()
}

// MaxBytes is the size limit of an input, after decompression: 1 GiB.
const MaxBytes = 1 << 30

// maxSpans limits the spans of an input. Spans repeat much, so a few compressed megabytes may hold many millions, which need 500 bytes
// each to read, and as much again to diagnose. It is a variable for tests.
var maxSpans = 3_000_000

// maxBlank limits consecutive white space. The JSON decoder scans all of it again after each piece that it reads, so a
// gigabyte of it would take hours.
const maxBlank = 1 << 20

// limited fails at the limit, where io.LimitReader would pretend that the input ended. It fails for good: the decoder reads again.
type limited struct {
	r     io.Reader
	left  int64
	blank int // bytes of white space at the end of the input so far
	err   error
}

var (
	errTooLarge = fmt.Errorf("larger than the limit of %d MiB (try: fewer traces)", MaxBytes>>20)
	errTooMany  = errors.New("more spans than the limit of 3 million (try: fewer traces, such as one by its id)")
	errBlank    = errors.New("more than a megabyte of white space")
)

func (l *limited) Read(p []byte) (n int, err error) {
	if l.err == nil {
		n, l.err = l.read(p)
	}
	return n, l.err
}

func (l *limited) read(p []byte) (int, error) {
	if l.left <= 0 {
		return 0, errTooLarge
	}
	if int64(len(p)) > l.left {
		p = p[:l.left]
	}
	n, err := l.r.Read(p)
	l.left -= int64(n)
	text := len(bytes.TrimRight(p[:n], " \t\r\n"))
	if text > 0 {
		l.blank = 0
	}
	if l.blank += n - text; l.blank > maxBlank {
		return 0, errBlank
	}
	return n, err
}
