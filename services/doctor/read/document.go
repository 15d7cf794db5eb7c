package read

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
)

// A document walks JSON key by key, so that only one span at a time is held as text. The keys tell the format.
type document struct {
	*json.Decoder
	*gather
	depth  int
	format string   // what the keys met so far say
	keys   []string // top-level keys that said nothing, for the error
	fault  fault    // what a server wrote instead of a trace, or beside it
	snake  bool     // keys are spelled_so, not spelledSo
	before int64    // bytes of the input before what the decoder reads
}

// maxDepth is how deep documents may be wrapped in each other ({"result":{"data":[…); three is the most seen.
const maxDepth = 8

// all reads what is in the input, until it ends.
func (d *document) all(in *bufio.Reader) error {
	if byLine(in) {
		return d.lines(in)
	}
	d.Decoder = json.NewDecoder(in)
	err := d.documents()
	switch {
	case err == nil:
		return d.verdict()
	case len(d.order) > 0 && cutOff(err):
		d.cutAt = d.offset()
		return nil
	}
	return err
}

// documents reads one document after the other.
func (d *document) documents() error {
	for {
		if err := d.value(); err == io.EOF {
			return nil
		} else if err != nil {
			return err
		}
	}
}

// offset is the byte of the input that reading has come to.
func (d *document) offset() int64 { return d.before + d.InputOffset() }

// value reads one value of any of the formats; io.EOF means that there is none.
func (d *document) value() error {
	tok, err := d.Token()
	if err != nil {
		return err
	}
	switch tok {
	case json.Delim('{'):
		return d.wrapper()
	case json.Delim('['):
		return d.list()
	}
	return fmt.Errorf("found %v, want an object or a list", tok)
}

// wrapper reads the fields of an object whose brace is consumed: a Jaeger answer or trace, or an OTLP request.
func (d *document) wrapper() error {
	if d.depth++; d.depth > maxDepth {
		return errors.New("documents nested too deep")
	}
	defer func() { d.depth-- }()
	var t jaegerTrace
	err := d.fields(func(key string) error {
		switch d.camel(key) {
		case "data":
			d.format = "Jaeger JSON"
			return d.inner()
		case "result", "trace":
			d.format = "OTLP JSON"
			return d.inner()
		case "resourceSpans", "batches":
			d.format = "OTLP JSON"
			return d.each(d.resourceSpans)
		case "traceID", "spans", "processes", "warnings":
			d.format = "Jaeger JSON"
			return d.jaegerField(&t, key)
		case "error", "errors":
			return d.failure()
		case "message":
			return d.message()
		}
		if len(d.keys) < 8 {
			d.keys = append(d.keys, fmt.Sprintf("%q", key))
		}
		return d.skip()
	})
	d.jaegerDone(&t)
	return err
}

// inner reads what a wrapper wraps: an object, a list of objects, or null.
func (d *document) inner() error {
	tok, err := d.Token()
	switch {
	case err != nil:
		return err
	case tok == json.Delim('{'):
		return d.wrapper()
	case tok == json.Delim('['):
		return d.elements(d.inner)
	case tok != nil:
		return fmt.Errorf("found %v, want an object or a list", tok)
	}
	return nil
}

// list reads a list whose bracket is consumed: Zipkin spans, lists of them, or whole documents.
func (d *document) list() error {
	return d.elements(func() error {
		if d.format == "Zipkin JSON" && d.depth == 0 {
			return d.zipkin()
		}
		var raw json.RawMessage
		if err := d.Decode(&raw); err != nil {
			return err
		}
		return d.element(raw)
	})
}

// element finds out what one element of an outermost list is.
func (d *document) element(raw []byte) error {
	var keys map[string]json.RawMessage
	isList := raw[0] == '['
	isDocument := !isList && json.Unmarshal(raw, &keys) == nil && wraps(keys)
	outer := d.Decoder
	defer func() { d.Decoder = outer }()
	d.Decoder = json.NewDecoder(bytes.NewReader(raw))
	if isDocument {
		return d.value()
	}
	d.format = "Zipkin JSON"
	if isList {
		return d.each(d.zipkin)
	}
	return d.zipkin()
}

// wraps reports an object that is a document of its own, by its keys, and not a Zipkin span.
func wraps(keys map[string]json.RawMessage) bool {
	for key := range keys {
		switch camel(key) {
		case "data", "result", "trace", "spans", "resourceSpans", "batches":
			return true
		}
	}
	return false
}
