package read

import (
	"fmt"
	"io"

	"github.com/go-json-experiment/json/jsontext"
)

// newDecoder decodes JSON as leniently as encoding/json: it accepts keys that occur twice, and invalid UTF-8.
func newDecoder(in io.Reader) *jsontext.Decoder {
	return jsontext.NewDecoder(in, jsontext.AllowDuplicateNames(true), jsontext.AllowInvalidUTF8(true))
}

// object reads an object (or null), calling field for each key, see fields.
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

func (d *document) open(kind jsontext.Kind, want string) (empty bool, err error) {
	tok, err := d.ReadToken()
	if err != nil {
		return false, err
	}
	empty = tok.Kind() == 'n'
	if !empty && tok.Kind() != kind {
		err = fmt.Errorf("found %s, want %s", brief(tok.String()), want)
	}
	return empty, err
}

// fields visits the rest of an object whose opening brace was consumed, and consumes the closing brace. Keys are folded; visit must
// consume the value.
func (d *document) fields(visit func(key string) error) error {
	return d.elements(func() error {
		key, err := d.ReadToken()
		if err != nil {
			return err
		}
		return visit(string(fold(nil, []byte(key.String()))))
	})
}

// elements visits the rest of a list whose opening bracket was consumed, and consumes the closing bracket.
func (d *document) elements(visit func() error) error {
	for {
		switch d.PeekKind() {
		case '}', ']', jsontext.KindInvalid:
			_, err := d.ReadToken()
			return err
		}
		if err := visit(); err != nil {
			return err
		}
	}
}

// whole reads the next value with a cursor. It holds all of the value as text, so that one that is broken or cut off gives nothing.
// A field of the wrong type is left out; the value is not.
func (d *document) whole(read func(*cursor)) error {
	raw, err := d.ReadValue()
	if err != nil {
		return err
	}
	c := &d.cursor
	c.json, c.at, c.wrong = raw, 0, false
	if read(c); c.wrong {
		d.note("with a field of the wrong type, read without it")
	}
	return d.tooMany()
}
