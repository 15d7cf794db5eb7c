package read

import (
	"bufio"
	"bytes"
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"

	"spanwise/doctor/trace"
)

// records reads inputs in which each span, or each trace, is an object of its own, somewhere within lists and other objects.
type records struct {
	*builder
	shape
	before int64 // bytes of the input before what is being read
	read   int64 // records so far
	total  int64 // records that an answer says there are, if it does
	others int64 // records that are not spans
	lost   int64 // spans that a tracer dropped

	orphan   bool          // there are spans without a service, which have that of their parents
	inferred []*trace.Span // made by X-Ray
}

// all reads the input as one JSON value after the other.
func (r *records) all(in *bufio.Reader) error {
	s := &splitter{Reader: in}
	for {
		_, err := s.peek()
		if err == nil {
			err = within(r.walk(s, 0, 0))
		}
		switch {
		case err == io.EOF:
			return r.verdict()
		case cutOff(err) && len(r.order) > 0:
			r.cutAt = r.before + s.at
			return nil
		case err != nil:
			return r.locate(err, s.at)
		}
	}
}

// locate adds where an error occurred: the format, and the byte.
func (r *records) locate(err error, at int64) error {
	if cutOff(err) {
		err = errors.New("cut off in the middle of a value (an incomplete download?)")
	}
	return fmt.Errorf("%s, byte %d: %w", r.form.name, r.before+at, err)
}

// verdict is the error for well-formed input without a span. It also notes whether an answer was limited.
func (r *records) verdict() error {
	if r.total > r.read {
		r.remark("the response holds only %d of %d documents, so spans are missing (try: a larger size)", r.read, r.total)
	}
	if r.others > 0 {
		r.remark("documents that are not spans (errors, metrics or logs), passed over: %d", r.others)
	}
	if r.lost > 0 {
		r.remark("spans that the agents dropped, because they keep only so many of a transaction: %d", r.lost)
	}
	if len(r.inferred) > 0 {
		r.foldInferred()
	}
	if r.orphan {
		r.inheritServices()
	}
	if len(r.order) == 0 && len(r.notes) > 0 {
		return errors.New(r.form.name + ": no readable span: " + strings.Join(r.notes.lines(), "; "))
	}
	return nil
}

// walk reads a value: lists element by element, objects along the path, and an object at the end of the path as a record.
func (r *records) walk(s *splitter, depth, nested int) error {
	if nested > maxNesting {
		return errors.New("documents are nested too deeply")
	}
	start, err := s.peek()
	if err != nil {
		return err
	}
	switch {
	case start == '[':
		return s.open(func() error { return r.walk(s, depth, nested+1) })
	case start == '{' && depth < len(r.path):
		return s.open(func() error { return r.field(s, depth, nested) })
	}
	raw, err := s.value()
	switch {
	case err != nil:
		return err
	case start != '{' && string(raw) != "null":
		return fmt.Errorf("found %.20s, want an object or a list", raw)
	case start != '{':
		return nil
	}
	r.read++
	err = r.form.read(r, raw)
	if broken := (*json.SyntaxError)(nil); errors.As(err, &broken) {
		r.note("with broken JSON, left out")
		return nil
	}
	return cmp.Or(err, r.tooMany())
}

// field reads one field of an object above the records.
func (r *records) field(s *splitter, depth, nested int) error {
	key, err := s.key()
	if err != nil {
		return err
	}
	if key == r.path[depth] {
		return r.walk(s, depth+1, nested+1)
	}
	raw, err := s.value()
	if err != nil {
		return err
	}
	return r.aside(strings.Join(append(r.path[:depth:depth], key), "."), raw)
}

// decode decodes a record. A field of the wrong type is left out; the record is not.
func (r *records) decode(raw []byte, v any) error {
	err := json.Unmarshal(raw, v)
	if wrong := (*json.UnmarshalTypeError)(nil); errors.As(err, &wrong) {
		r.note("with a field of the wrong type, read without it")
		return nil
	}
	return err
}

// document reads a record that is a document by itself, within something else.
func (r *records) document(raw []byte) error {
	d := &document{builder: r.builder, Decoder: newDecoder(bytes.NewReader(raw))}
	err := d.documents()
	if d.failed != "" {
		r.remark("the response contains an error: %s", d.failed)
	}
	return err
}
