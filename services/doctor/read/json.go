package read

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"regexp"
	"strings"
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
	return tok == nil, err
}

// fields visits the rest of an object whose opening brace was consumed, and consumes the closing brace.
func (d *document) fields(visit func(key string) error) error {
	return d.elements(func() error {
		key, err := d.Token()
		if err != nil {
			return err
		}
		return visit(key.(string))
	})
}

// elements visits the rest of a list whose opening bracket was consumed, and consumes the closing bracket.
func (d *document) elements(visit func() error) error {
	for d.More() {
		if err := visit(); err != nil {
			return err
		}
	}
	_, err := d.Token()
	return err
}

// skip passes over a value.
func (d *document) skip() error {
	var raw json.RawMessage
	return d.Decode(&raw)
}

// span decodes one span into v, with either spelling of the keys. A field of the wrong type is left out; the span is not.
func (d *document) span(v any) (err error) {
	var raw json.RawMessage
	if !d.snake {
		err = d.Decode(v)
	} else if err = d.Decode(&raw); err == nil {
		err = json.Unmarshal(camelKeys(raw), v)
	}
	if wrong := (*json.UnmarshalTypeError)(nil); errors.As(err, &wrong) {
		d.note("with a field of the wrong type, read without it")
		return nil
	}
	return err
}

// OTLP's JSON spells its keys like startTimeUnixNano. Writers that keep the names of the protocol's definition, such as Python's
// protobuf with preserving_proto_field_name, spell them start_time_unix_nano.

// camel is a key as OTLP spells it. After the first one with an underscore, the other keys of the input are expected to have them too.
func (d *document) camel(key string) string {
	d.snake = d.snake || strings.Contains(key, "_")
	return camel(key)
}

func camel(key string) string {
	first, rest, _ := strings.Cut(key, "_")
	var b strings.Builder
	b.WriteString(first)
	for word := range strings.SplitSeq(rest, "_") {
		if word != "" {
			b.WriteString(strings.ToUpper(word[:1]) + word[1:])
		}
	}
	return b.String()
}

// camelKeys spells all keys of a JSON value like OTLP. It changes nothing else: a quote within a string has a backslash before it,
// and only keys are followed by a colon.
func camelKeys(raw []byte) []byte {
	return snakeKey.ReplaceAllFunc(raw, func(key []byte) []byte {
		name, colon, _ := bytes.Cut(key[1:], []byte(`"`))
		return append([]byte(`"`+camel(string(name))+`"`), colon...)
	})
}

var snakeKey = regexp.MustCompile(`"[a-z]+(_[a-z]+)+"\s*:`)
