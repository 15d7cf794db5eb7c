package read

import (
	"bytes"
	"strings"
	"time"

	"spanwise/doctor/trace"
)

// Jaeger's spans have other forms than that of its API: the documents that it stores in Elasticsearch, each a span with its process, in
// which some tags are fields; and its protobuf as JSON, in its Kafka topics and its own test data, whose ids are base64 and whose times
// are text.

// jaegerDocument reads a span by itself.
func (r *records) jaegerDocument(raw []byte) error { return r.wrapped(`{"spans":[`, raw, `]}`) }

// jaegerTime reads µs, or RFC 3339.
func jaegerTime(c *cursor) number {
	raw := c.raw()
	if n := numberOf(raw); n.known {
		return n
	}
	return parseTime(string(bytes.Trim(raw, `"`)))
}

// jaegerDuration reads µs, or a duration with its unit.
func jaegerDuration(c *cursor) number {
	raw := c.raw()
	if n := numberOf(raw); n.known {
		return n
	}
	d, err := time.ParseDuration(string(bytes.Trim(raw, `"`)))
	return number{micros(int64(d)), err == nil}
}

// jaegerFields reads tags that are fields of a document, with @ for each dot in a key.
func (b *builder) jaegerFields(c *cursor) trace.Attrs {
	list := b.slabs.list[:0]
	for key := range c.members() {
		name := string(key)
		a := trace.Attr{Key: name, Value: b.text(c.text())}
		if ofJaeger(name) {
			b.ownAttribute(a)
			continue
		}
		a.Key = b.pool.intern(strings.ReplaceAll(name, "@", "."))
		list = append(list, a)
	}
	b.slabs.list = list
	return b.slabs.attributes(list)
}
