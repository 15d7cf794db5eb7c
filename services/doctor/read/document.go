package read

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"

	"github.com/go-json-experiment/json/jsontext"
)

// A document walks JSON key by key, so that only one span, or line, at a time is held as text. The keys reveal the format.
type document struct {
	*jsontext.Decoder
	*builder
	depth  int
	format string      // according to the keys so far
	keys   []string    // unknown top-level keys, for the error
	failed serverError // what a server wrote instead of a trace, or with it
	cursor cursor      // in the value that is being read
	batch  []pending   // the spans of one resource, while they are read
	before int64       // bytes of the input before what the decoder reads
	nested bool        // the outermost list holds lists
}

// maxDepth is how deep documents may be nested ({"result":{"data":[…); three is the most seen.
const maxDepth = 8

// all reads the whole input.
func (d *document) all(in *bufio.Reader) error {
	if byLine(in) {
		return d.lines(in)
	}
	d.Decoder = newDecoder(in)
	err := d.documents()
	switch {
	case err == nil:
		err = d.verdict()
	case len(d.order) > 0 && cutOff(err):
		d.cutAt, err = d.offset(), nil
	}
	return d.locate(err)
}

// documents reads one document after the other. An end of the input within one is io.ErrUnexpectedEOF.
func (d *document) documents() error {
	for {
		tok, err := d.ReadToken()
		if err == io.EOF {
			return nil
		}
		if err == nil {
			err = d.value(tok, d.list)
		}
		if err == io.EOF {
			err = io.ErrUnexpectedEOF
		}
		if err != nil {
			return err
		}
	}
}

// maxFirstLine is how long the first line may be if it is to show that an input has one document per line.
const maxFirstLine = 1 << 18

// byLine reports whether the first line of an input is a complete document, with more to follow.
func byLine(in *bufio.Reader) bool {
	start, _ := in.Peek(maxFirstLine)
	line, rest, found := bytes.Cut(start, []byte("\n"))
	return found && len(bytes.TrimSpace(rest)) > 0 && json.Valid(line)
}

// lines reads one document per line. It skips broken lines, such as a killed writer leaves.
func (d *document) lines(in *bufio.Reader) error {
	broken, first := 0, error(nil)
	for end := error(nil); end == nil; {
		var line []byte
		line, end = in.ReadBytes('\n')
		d.Decoder = newDecoder(bytes.NewReader(line))
		err := d.documents()
		switch {
		case errors.Is(err, errTooMany):
			return d.locate(err)
		case end != nil && end != io.EOF && !cutOff(end):
			return d.locate(end)
		case end != nil && len(d.order) > 0 && (cutOff(err) || cutOff(end)):
			d.cutAt = d.before + int64(len(line))
		case err != nil:
			if broken++; first == nil {
				first = d.locate(err)
			}
		}
		if end == nil {
			d.before += int64(len(line))
		}
	}
	switch {
	case broken > 0 && len(d.order) == 0:
		return first
	case broken == 1:
		d.remarks = append(d.remarks, fmt.Sprintf("1 line is broken; the rest of it is left out (%v)", first))
	case broken > 1:
		d.remarks = append(d.remarks, fmt.Sprintf("%d lines are broken; the rest of each is left out (the first: %v)", broken, first))
	}
	return d.locate(d.verdict())
}

// offset is the byte of the input at which the decoder is.
func (d *document) offset() int64 { return d.before + d.InputOffset() }

// value reads the rest of a value in any of the formats, after its first token; list reads that of a list.
func (d *document) value(tok jsontext.Token, list func() error) error {
	switch tok.Kind() {
	case '{':
		return d.wrapper()
	case '[':
		return list()
	}
	return fmt.Errorf("found %s, want an object or a list", brief(tok.String()))
}

// wrapper reads the fields of an object whose opening brace was consumed: a Jaeger response or trace, or an OTLP request.
func (d *document) wrapper() error {
	if d.depth++; d.depth > maxDepth {
		return errors.New("documents are nested too deeply")
	}
	defer func() { d.depth-- }()
	var t jaegerTrace
	err := d.fields(func(key string) error {
		switch key {
		case "data":
			d.format = "Jaeger JSON"
			return d.inner()
		case "result", "trace":
			d.format = "OTLP JSON"
			return d.inner()
		case "resourcespans", "batches":
			d.format = "OTLP JSON"
			return d.each(d.resourceSpans)
		case "traceid":
			d.unknown(key) // by itself: anything may name the trace that it belongs to
			return d.jaegerField(&t, key)
		case "spans", "processes", "processmap", "process", "warnings":
			d.format = "Jaeger JSON"
			return d.jaegerField(&t, key)
		case "error", "errors":
			return d.failure()
		case "message":
			return d.message()
		}
		d.unknown(key)
		return d.SkipValue()
	})
	d.jaegerDone(&t)
	return err
}

// unknown remembers a key that tells nothing about the format.
func (d *document) unknown(key string) {
	if len(d.keys) < 8 {
		d.keys = append(d.keys, fmt.Sprintf("%q", brief(key)))
	}
}

// inner reads what a wrapper wraps: an object, a list of objects, or null.
func (d *document) inner() error {
	tok, err := d.ReadToken()
	if err != nil || tok.Kind() == 'n' {
		return err
	}
	return d.value(tok, func() error { return d.elements(d.inner) })
}

// list reads a list whose opening bracket was consumed: Zipkin spans, lists of them, or complete documents.
func (d *document) list() error {
	return d.elements(func() error {
		if d.format == "Zipkin JSON" && d.depth == 0 && !d.nested {
			return d.zipkin()
		}
		raw, err := d.ReadValue()
		if err != nil {
			return err
		}
		return d.element(raw)
	})
}

// element detects what one element of an outermost list is, and reads it.
func (d *document) element(raw []byte) error {
	var keys map[string]json.RawMessage
	isList := raw[0] == '['
	isDocument := !isList && json.Unmarshal(raw, &keys) == nil && wraps(keys)
	outer := d.Decoder
	defer func() { d.Decoder = outer }()
	d.Decoder = newDecoder(bytes.NewReader(raw))
	if isDocument {
		return d.documents()
	}
	d.format = "Zipkin JSON"
	if isList {
		d.nested = true
		return d.each(d.zipkin)
	}
	return d.zipkin()
}

// wraps reports whether an object with these keys is a document, rather than a Zipkin span.
func wraps(keys map[string]json.RawMessage) bool {
	for key := range keys {
		switch string(fold(nil, []byte(key))) {
		case "data", "result", "trace", "spans", "resourcespans", "batches":
			return true
		}
	}
	return false
}
