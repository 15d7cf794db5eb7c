package read

import (
	"bytes"
	"regexp"
	"strings"
)

// OTLP's JSON spells its keys like startTimeUnixNano. Writers that keep the names of the protocol's own definition, such as Python's
// protobuf with preserving_proto_field_name, spell them start_time_unix_nano.

// camel is a key as OTLP spells it. The first one with an underscore says that the others of the input have them too.
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

// camelKeys spells all keys of a JSON value so. What is no key stays: a quote within a string has a backslash before it,
// and only keys are followed by a colon.
func camelKeys(raw []byte) []byte {
	return snakeKey.ReplaceAllFunc(raw, func(key []byte) []byte {
		name, colon, _ := bytes.Cut(key[1:], []byte(`"`))
		return append([]byte(`"`+camel(string(name))+`"`), colon...)
	})
}

var snakeKey = regexp.MustCompile(`"[a-z]+(_[a-z]+)+"\s*:`)
