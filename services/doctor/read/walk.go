package read

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
)

// object reads an object (or null), calling field for each key; field must consume the value.
func (d *document) object(field func(key string) error) error {
	if empty, err := d.open('{', "an object"); empty || err != nil {
		return err
	}
	return d.fields(field)
}

// each reads a list (or null), calling element for each of its values; element must consume it.
func (d *document) each(element func() error) error {
	if empty, err := d.open('[', "a list"); empty || err != nil {
		return err
	}
	return d.elements(element)
}

func (d *document) open(delim json.Delim, want string) (empty bool, err error) {
	tok, err := d.Token()
	if err == nil && tok != nil && tok != delim {
		err = fmt.Errorf("found %v, want %s", tok, want)
	}
	return tok == nil, inside(err)
}

// fields visits the rest of an object whose brace is consumed, and its closing brace.
func (d *document) fields(visit func(key string) error) error {
	for d.More() {
		key, err := d.Token()
		if err != nil {
			return inside(err)
		}
		if err := visit(key.(string)); err != nil {
			return inside(err)
		}
	}
	_, err := d.Token()
	return inside(err)
}

// elements visits the rest of a list whose bracket is consumed, and its closing bracket.
func (d *document) elements(visit func() error) error {
	for d.More() {
		if err := visit(); err != nil {
			return inside(err)
		}
	}
	_, err := d.Token()
	return inside(err)
}

// skip passes over a value that says nothing to us.
func (d *document) skip() error {
	var raw json.RawMessage
	return d.Decode(&raw)
}

// span decodes one span into v. A field of a wrong type costs the field, not the trace.
func (d *document) span(v any) error {
	err := d.decode(v)
	if wrong := (*json.UnmarshalTypeError)(nil); errors.As(err, &wrong) {
		d.note("with a field of a wrong type, read without it")
		return nil
	}
	return err
}

// decode is Decode, however the keys are spelled.
func (d *document) decode(v any) error {
	if !d.snake {
		return d.Decode(v)
	}
	var raw json.RawMessage
	if err := d.Decode(&raw); err != nil {
		return err
	}
	return json.Unmarshal(camelKeys(raw), v)
}

// inside turns the end of the input into what it means within a value.
func inside(err error) error {
	if err == io.EOF {
		return io.ErrUnexpectedEOF
	}
	return err
}

func cutOff(err error) bool { return errors.Is(err, io.ErrUnexpectedEOF) }

// explain adds what a person needs to find the place: the format that it seemed to be, and the byte.
func (d *document) explain(err error) error {
	var there explained
	if said := fault(""); errors.As(err, &said) || errors.As(err, &there) {
		return err // there is no place to name, or it is named
	}
	format, offset := d.format, d.offset()
	if format == "" {
		format = "JSON"
	}
	if syntax := (*json.SyntaxError)(nil); errors.As(err, &syntax) {
		offset = max(offset, d.before+syntax.Offset)
	}
	if cutOff(err) {
		return fmt.Errorf("%s, byte %d: cut off in the middle of a value (an incomplete download?)", format, offset)
	}
	return fmt.Errorf("%s, byte %d: %w", format, offset, err)
}
