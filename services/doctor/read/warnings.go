package read

import (
	"encoding/json"
	"strings"

	"spanwise/doctor/trace"
)

// Jaeger writes warnings about spans, in a field of their own or in the attribute @jaeger@warnings
// (https://github.com/jaegertracing/jaeger/tree/main/internal/jptrace), alongside other attributes whose names begin alike.

// ofJaeger reports whether an attribute is Jaeger's own, and so says nothing about what the span did.
func ofJaeger(key string) bool {
	return key != "" && key[0] == '@' && strings.HasPrefix(key, "@jaeger@")
}

// ownAttribute reads an attribute that is Jaeger's own.
func (b *builder) ownAttribute(a trace.Attr) {
	switch a.Key {
	case "@jaeger@warnings":
		var warnings []string
		if json.Unmarshal([]byte(a.Value), &warnings) != nil {
			warnings = []string{a.Value}
		}
		b.warnings = append(b.warnings, warnings...)
	case "@jaeger@truncated":
		if a.Value == "true" {
			b.note("that Jaeger marked as the first of a trace that it cut off at its limit: other spans are missing")
		}
	}
}

// noteWarnings counts the span that was read, if Jaeger changed its times. Jaeger says the same about a span several times, and warns about
// changes that it did not make, too.
func (b *builder) noteWarnings() {
	if len(b.warnings) == 0 {
		return
	}
	moved, ended := false, false
	for _, w := range b.warnings {
		moved = moved || strings.Contains(w, "timestamps were adjusted by")
		ended = ended || strings.Contains(w, "Negative duration detected")
	}
	b.warnings = b.warnings[:0]
	if moved {
		b.note("that Jaeger moved in time to hide clock skew (raw traces are better)")
	}
	if ended {
		b.note("that did not end after the start, which Jaeger changed")
	}
}
