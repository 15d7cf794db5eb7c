package read

import (
	"iter"

	"github.com/go-json-experiment/json/jsontext"
)

// A cursor reads one JSON value from front to back. The decoder has found it to be valid, so a cursor meets no errors but fields of
// the wrong type, which it passes over. What it returns is valid only until the next call.
type cursor struct {
	json    []byte
	at      int
	wrong   bool   // whether a field was of the wrong type
	unquote []byte // the last string that had escapes
	folded  []byte // the last key that fold changed
}

// members visits the keys of an object. The body of the loop may read the value; one that it leaves is passed over. It must not end
// the loop early.
func (c *cursor) members() iter.Seq[[]byte] {
	return func(yield func(key []byte) bool) {
		if !c.enter('{') {
			return
		}
		for c.peek() != '}' {
			key := c.quoted()
			c.peek()
			c.at++ // the colon
			c.peek()
			value := c.at
			yield(key)
			c.leave(value)
		}
		c.at++
	}
}

// fields is members with folded keys.
func (c *cursor) fields() iter.Seq[[]byte] {
	return func(yield func(key []byte) bool) {
		for key := range c.members() {
			yield(c.fold(key))
		}
	}
}

// elements visits the elements of a list, in the same way.
func (c *cursor) elements() iter.Seq[int] {
	return func(yield func(i int) bool) {
		if !c.enter('[') {
			return
		}
		for i := 0; c.peek() != ']'; i++ {
			value := c.at
			yield(i)
			c.leave(value)
		}
		c.at++
	}
}

// enter passes the opening bracket of an object or a list. It passes over any other value.
func (c *cursor) enter(bracket byte) bool {
	if c.peek() == bracket {
		c.at++
		return true
	}
	c.wrong = c.wrong || !c.null()
	c.skip()
	return false
}

// leave passes over the value that begins there, if it was not read, and the comma after it.
func (c *cursor) leave(value int) {
	if c.at == value {
		c.skip()
	}
	if c.peek() == ',' {
		c.at++
	}
}

// peek passes over white space, and returns the next byte.
func (c *cursor) peek() byte {
	for ; c.at < len(c.json); c.at++ {
		if b := c.json[c.at]; b > ' ' {
			return b
		}
	}
	return 0
}

// null reports whether the next value is null.
func (c *cursor) null() bool { return c.peek() == 'n' }

// skip passes over a value.
func (c *cursor) skip() {
	for depth := 0; ; {
		switch c.peek() {
		case '"':
			c.pass()
		case '{', '[':
			depth++
			c.at++
		case '}', ']':
			depth--
			c.at++
		case ',', ':':
			c.at++
		default:
			c.word()
		}
		if depth == 0 {
			return
		}
	}
}

// word passes over a number, true, false or null.
func (c *cursor) word() {
	for c.at++; c.at < len(c.json); c.at++ {
		if b := c.json[c.at]; b <= ' ' || b == ',' || b == '}' || b == ']' {
			return
		}
	}
}

// pass passes over a string, and reports whether it has escapes.
func (c *cursor) pass() (escaped bool) {
	for c.at++; ; c.at++ {
		switch c.json[c.at] {
		case '\\':
			escaped = true
			c.at++
		case '"':
			c.at++
			return escaped
		}
	}
}

// quoted reads a string, which is what must come next.
func (c *cursor) quoted() []byte {
	start := c.at
	if escaped := c.pass(); !escaped {
		return c.json[start+1 : c.at-1]
	}
	c.unquote, _ = jsontext.AppendUnquote(c.unquote[:0], c.json[start:c.at]) // the error is for invalid UTF-8, which it replaces
	return c.unquote
}

// raw reads any value as it is written.
func (c *cursor) raw() []byte {
	c.peek()
	start := c.at
	c.skip()
	return c.json[start:c.at]
}

// text reads any value as text: strings unquoted, everything else as it is written.
func (c *cursor) text() []byte {
	if c.peek() == '"' {
		return c.quoted()
	}
	return c.raw()
}

// string reads a string. It is empty if there is null or, by mistake, something else.
func (c *cursor) string() []byte {
	if c.peek() == '"' {
		return c.quoted()
	}
	c.wrong = c.wrong || !c.null()
	c.skip()
	return nil
}

// number reads a number, which may be quoted.
func (c *cursor) number() number { return numberOf(c.raw()) }

// fold makes the spellings of a key equal: writers do not agree on traceID or traceId, and those that keep the names of OTLP's
// definition, such as Python's protobuf with preserving_proto_field_name, write start_time_unix_nano for startTimeUnixNano.
func (c *cursor) fold(key []byte) []byte {
	for _, k := range key {
		if k < 'a' || k > 'z' {
			c.folded = fold(c.folded[:0], key)
			return c.folded
		}
	}
	return key
}

// fold appends key to b in lower case and without underscores.
func fold(b, key []byte) []byte {
	for _, k := range key {
		switch {
		case 'A' <= k && k <= 'Z':
			b = append(b, k+'a'-'A')
		case k != '_':
			b = append(b, k)
		}
	}
	return b
}
