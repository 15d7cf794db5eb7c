// Package read turns the exports of tracing back ends into traces: Jaeger JSON, OTLP JSON (the Collector's file exporter, Grafana
// Tempo's responses, keys in camelCase or snake_case) and Zipkin v2 JSON, each also gzipped, and the responses of a running Jaeger.
// Call [All] for a file, [Jaeger] for an address.
//
// The format is detected. Whatever had to be repaired or left out is counted in the trace's Notes.
package read

import (
	"bufio"
	"bytes"
	"compress/gzip"
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
func All(r io.Reader) ([]*trace.Trace, error) {
	traces, err := parse(r)
	if err == nil && len(traces) == 0 {
		err = ErrEmpty
	}
	return traces, err
}

// parse is All for inputs that may be empty.
func parse(r io.Reader) ([]*trace.Trace, error) {
	text, err := unpack(r)
	if err != nil {
		return nil, err
	}
	in := bufio.NewReaderSize(&limited{r: text, left: MaxBytes}, maxFirstLine)
	if err := looksLikeJSON(in); err != nil {
		return nil, err
	}
	d := &document{builder: newBuilder()}
	if err := d.all(in); err != nil {
		return nil, err
	}
	return d.traces(), nil
}

// unpack returns r without its gzip compression, if it has one.
func unpack(r io.Reader) (io.Reader, error) {
	in := bufio.NewReader(r)
	magic, err := in.Peek(2)
	if err != nil && err != io.EOF {
		return nil, err
	}
	if !bytes.Equal(magic, []byte{0x1f, 0x8b}) {
		return in, nil
	}
	z, err := gzip.NewReader(in)
	if err != nil {
		return nil, fmt.Errorf("gzip, byte 0: %w", err)
	}
	return z, nil
}

// looksLikeJSON skips a byte order mark, and rejects input that cannot be a trace with an error that says what it is instead.
func looksLikeJSON(in *bufio.Reader) error {
	if bom, _ := in.Peek(3); bytes.Equal(bom, []byte("\xef\xbb\xbf")) {
		in.Discard(3)
	}
	start, err := in.Peek(512)
	text := bytes.TrimLeft(start, " \t\r\n")
	offset := len(start) - len(text)
	switch {
	case len(text) == 0 && err == io.EOF:
		return ErrEmpty
	case len(text) == 0 && err != nil:
		return err
	case len(text) == 0 || text[0] == '{' || text[0] == '[':
		return nil
	case bytes.HasPrefix(start, []byte("\xff\xfe")) || bytes.HasPrefix(start, []byte("\xfe\xff")):
		return errors.New("UTF-16 text: want UTF-8 (try: iconv -f UTF-16 -t UTF-8)") // PowerShell's > writes it
	case text[0] == '<':
		return fmt.Errorf("HTML or XML at byte %d: want Jaeger, OTLP or Zipkin JSON (a login page or a wrong address?)", offset)
	}
	return fmt.Errorf("not JSON at byte %d (%q): want Jaeger, OTLP or Zipkin JSON", offset, text[:1])
}

// MaxBytes is the size limit of an input, after decompression: 1 GiB.
const MaxBytes = 1 << 30

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
