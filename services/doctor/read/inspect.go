package read

import (
	"bytes"
	"encoding/json"
	"strconv"
	"strings"
)

// OpenTelemetry JS prints spans with console.dir, so they are written as Node's util.inspect writes objects: keys have no quotes
// unless they must, strings have any of three quotes and are joined by + over lines, and undefined, [Object], 5n and
// "... 20 more items" occur as values.

// isInspected reports whether text has a span in that form.
func isInspected(text []byte) bool {
	return bytes.Contains(text, []byte("traceId: '")) && bytes.Contains(text, []byte("timestamp: "))
}

// inspectedJSON turns such an object into JSON. What it cannot read becomes text that json.Unmarshal rejects.
func inspectedJSON(in []byte) []byte {
	i := inspector{in: in}
	i.value(0)
	if i.space(); i.at < len(i.in) {
		i.out.WriteString(" rest")
	}
	return i.out.Bytes()
}

type inspector struct {
	in  []byte
	at  int
	out bytes.Buffer
}

func (i *inspector) space() {
	for i.at < len(i.in) && strings.IndexByte(" \t\r\n", i.in[i.at]) >= 0 {
		i.at++
	}
}

// next skips space and returns the byte after it, or 0 at the end.
func (i *inspector) next() byte {
	if i.space(); i.at < len(i.in) {
		return i.in[i.at]
	}
	return 0
}

func (i *inspector) value(depth int) {
	switch c := i.next(); {
	case depth > maxNesting:
		i.at = len(i.in)
	case c == '{':
		i.group('}', depth, i.field)
	case c == '[' && !i.isMarker():
		i.group(']', depth, i.element)
	case c == '\'' || c == '"' || c == '`':
		i.writeText(i.text())
	default:
		i.word(depth)
	}
}

// isMarker reports whether a bracket begins [Object], [Function: x] or [Circular *1], rather than a list, which has a space there.
func (i *inspector) isMarker() bool {
	rest := i.in[i.at+1:]
	return len(rest) > 0 && strings.IndexByte(" \t\r\n]", rest[0]) < 0
}

// group reads a list or an object, whose opening bracket is next.
func (i *inspector) group(end byte, depth int, item func(depth int)) {
	i.out.WriteByte(i.in[i.at])
	i.at++
	for first := true; ; {
		c := i.next()
		if c == end {
			i.at++
			i.out.WriteByte(end)
			return
		}
		if c == 0 {
			return
		}
		if c == ',' {
			i.at++
			continue
		}
		if c == '.' { // "... 20 more items"
			i.until(",\n" + string(end))
			continue
		}
		if !first {
			i.out.WriteByte(',')
		}
		first = false
		before := i.at
		if item(depth + 1); i.at == before {
			i.at = len(i.in) // not understood: end
		}
	}
}

func (i *inspector) element(depth int) { i.value(depth) }

// field reads a key and its value. Symbols and getters as keys are in brackets.
func (i *inspector) field(depth int) {
	if c := i.next(); c == '\'' || c == '"' || c == '`' {
		i.writeText(i.text())
	} else {
		i.writeText(strings.TrimSpace(i.until(":\n,{}")))
	}
	if i.next() == ':' {
		i.at++
	}
	i.out.WriteByte(':')
	i.value(depth)
}

// word reads a number, undefined, a marker, or the name of a class before its object.
func (i *inspector) word(depth int) {
	var word string
	if i.next() == '[' {
		word = i.until("]") + "]"
		i.at = min(i.at+1, len(i.in))
	} else {
		word = strings.TrimSpace(i.until(",\n{}]"))
	}
	number := strings.TrimSuffix(word, "n")
	switch {
	case i.at < len(i.in) && i.next() == '{':
		i.value(depth)
	case word == "undefined":
		i.out.WriteString("null")
	case json.Valid([]byte(number)):
		i.out.WriteString(number)
	default:
		i.writeText(word)
	}
}

// until consumes text up to one of the bytes in ends.
func (i *inspector) until(ends string) string {
	from := i.at
	for i.at < len(i.in) && strings.IndexByte(ends, i.in[i.at]) < 0 {
		i.at++
	}
	return string(i.in[from:i.at])
}

func (i *inspector) writeText(s string) {
	quoted, _ := json.Marshal(s) // cannot fail
	i.out.Write(quoted)
}

// text reads a string, and those that are added to it with +.
func (i *inspector) text() string {
	var s strings.Builder
	for {
		i.quoted(&s)
		before := i.at
		if i.next() == '+' {
			i.at++
			if c := i.next(); c == '\'' || c == '"' || c == '`' {
				continue
			}
		}
		i.at = before
		return s.String()
	}
}

func (i *inspector) quoted(s *strings.Builder) {
	quote := i.in[i.at]
	for i.at++; i.at < len(i.in) && i.in[i.at] != quote; i.at++ {
		if i.in[i.at] != '\\' || i.at+1 == len(i.in) {
			s.WriteByte(i.in[i.at])
			continue
		}
		i.at++
		i.escape(s)
	}
	i.at = min(i.at+1, len(i.in))
}

// escape reads what follows a backslash: util.inspect writes \n, \t, \b, \f, \r, \', \\, \x1B and \uD83D.
func (i *inspector) escape(s *strings.Builder) {
	c := i.in[i.at]
	if digits := map[byte]int{'x': 2, 'u': 4}[c]; digits > 0 && i.at+digits < len(i.in) {
		if r, err := strconv.ParseUint(string(i.in[i.at+1:i.at+1+digits]), 16, 32); err == nil {
			i.at += digits
			s.WriteRune(rune(r))
			return
		}
	}
	if n := strings.IndexByte("nrtbf", c); n >= 0 {
		c = "\n\r\t\b\f"[n]
	}
	s.WriteByte(c)
}
