package read

import (
	"bytes"
	"cmp"
	"encoding/json"

	"spanwise/doctor/trace"
)

// What several readers of records do alike.

// addEnding adds a span that may lack an end.
func (b *builder) addEnding(traceID string, start, end number, s *trace.Span) {
	if start.known && !end.known {
		b.note("without an end, treated as zero-length")
		s.Mistimed = true
		end = start
	}
	b.add(pending{traceID, "", start, end, s})
}

// addLasting adds a span that has a duration in µs, or lacks it.
func (b *builder) addLasting(traceID string, start, duration number, s *trace.Span) {
	if !duration.known {
		b.note("without a duration, treated as zero-length")
		s.Mistimed = true
	}
	b.add(pending{traceID, "", start, after(start, duration), s})
}

// describe gives a span its attributes, and sets whether it failed, and why.
func (b *builder) describe(s *trace.Span, attrs map[string]string, failed bool, why string) {
	setDefault(attrs, "otel.status_description", why)
	s.Attrs = b.attrs(attrs)
	s.Error = failed || hasError(s.Attrs)
}

// attrs makes attributes of a map.
func (b *builder) attrs(m map[string]string) trace.Attrs {
	list := b.slabs.list[:0]
	for key, value := range m {
		list = append(list, trace.Attr{Key: b.pool.intern(key), Value: b.pool.intern(value)})
	}
	b.slabs.list = list
	return b.slabs.attributes(list)
}

// spanID and traceID are ids as a builder's methods of the same names read them.
func spanID(s string) string  { return id(s, 8) }
func traceID(s string) string { return id(s, 16) }

// byID finds the spans of a trace.
func (d *draft) byID() map[string]*trace.Span {
	byID := make(map[string]*trace.Span, len(d.spans))
	for _, s := range d.spans {
		byID[s.ID] = s
	}
	return byID
}

// inheritServices gives spans without a service that of their parents or, if these are not there, the name of what they call.
func (b *builder) inheritServices() {
	b.joinShortIDs()
	for _, d := range b.order {
		byID := d.byID()
		for _, s := range d.spans {
			for p, steps := s, 0; s.Service == "" && p != nil && steps < maxNesting; p, steps = byID[p.ParentID], steps+1 {
				s.Service, s.Host = p.Service, p.Host
			}
			s.Service = cmp.Or(s.Service, s.Attrs.Get("peer.service"))
		}
	}
}

// setDefault sets an attribute that is not there.
func setDefault(attrs map[string]string, key, value string) {
	if _, there := attrs[key]; !there && value != "" {
		attrs[key] = value
	}
}

// plainText is a JSON value as an attribute: strings unquoted, lists and objects without space.
func plainText(raw json.RawMessage) string {
	var t text
	if len(raw) == 0 || t.UnmarshalJSON(raw) != nil {
		return ""
	}
	if raw[0] != '[' && raw[0] != '{' {
		return string(t)
	}
	var b bytes.Buffer
	json.Compact(&b, raw) // cannot fail: raw was decoded from JSON
	return b.String()
}

// plainAttrs are the values of an object as attributes.
func plainAttrs(values map[string]json.RawMessage) map[string]string {
	attrs := make(map[string]string, len(values)+4)
	for key, raw := range values {
		attrs[key] = plainText(raw)
	}
	return attrs
}

// A text is any JSON value as text: strings unquoted, everything else as it is written.
type text string

func (t *text) UnmarshalJSON(raw []byte) error {
	if raw[0] != '"' {
		*t = text(raw)
		return nil
	}
	return json.Unmarshal(raw, (*string)(t))
}

func (n *number) UnmarshalJSON(raw []byte) error {
	*n = numberOf(raw)
	return nil
}
