// Package read turns what tracing back ends export into traces: Jaeger JSON, OTLP JSON (the Collector's file exporter, Grafana
// Tempo's answers, keys in camelCase or snake_case) and Zipkin v2 JSON, each also gzipped, and what a running Jaeger answers. Call [All] for a file, [Jaeger] for an address.
//
// The format is found out, not asked for. Whatever had to be mended or left out is counted in the trace's Notes.
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

// ErrEmpty means that the input was well-formed, but held no span; or that it held nothing at all.
var ErrEmpty = errors.New("no spans in it")

// All reads every trace in r, in the order in which they first appear.
//
// Several documents may follow each other (NDJSON), and one trace may be spread over all of them. An input that is cut
// off gives the spans that were whole, with a note in each trace; so does one with a document a line of which some are broken. Errors name the format that the
// input seemed to have and the byte where reading stopped. An input without spans gives [ErrEmpty].
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
	in := bufio.NewReaderSize(&limited{r: text, left: MaxBytes}, firstLine)
	if err := looksLikeJSON(in); err != nil {
		return nil, err
	}
	d := &document{gather: newGather()}
	if err := d.all(in); err != nil {
		return nil, d.explain(err)
	}
	return d.traces(), nil
}

// unpack returns r without its gzip wrapping, if it has one.
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

// looksLikeJSON skips a byte order mark, and refuses early, in words, what cannot be a trace.
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
