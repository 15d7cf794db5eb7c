// Package blind takes the lab's truth out of traces before the doctor sees them. The services carry what a request
// asked to be slowed by in its query and its baggage, and instrumentation writes queries down; a doctor that saw
// fetch=each would be right for the wrong reason. Use [Transport] to read from Jaeger, or [JSON] for a document.
package blind

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"
)

// JSON returns a document of traces, in whatever format, without the truth: every parameter that the services understand is
// cut out of every text, wherever in the document it stands, and attributes that repeat one, or baggage, are dropped.
func JSON(document []byte) ([]byte, error) {
	dec := json.NewDecoder(bytes.NewReader(document))
	dec.UseNumber() // times have more digits than a float64
	var out bytes.Buffer
	for { // an answer may be a stream of objects
		var v any
		if err := dec.Decode(&v); errors.Is(err, io.EOF) && out.Len() > 0 {
			return bytes.TrimSuffix(out.Bytes(), []byte("\n")), nil
		} else if err != nil {
			return nil, fmt.Errorf("read a document of traces: %w", err)
		}
		if err := json.NewEncoder(&out).Encode(value(v)); err != nil {
			return nil, err
		}
	}
}

func value(v any) any {
	switch v := v.(type) {
	case string:
		return text(v)
	case []any:
		kept := v[:0]
		for _, item := range v {
			if !attribute(item) {
				kept = append(kept, value(item))
			}
		}
		return kept
	case map[string]any:
		for key, item := range v {
			if tells(key, item) {
				delete(v, key)
				continue
			}
			v[key] = value(item)
		}
	}
	return v
}

// attribute recognises an attribute, as OTLP and Jaeger write it, that tells.
func attribute(item any) bool {
	m, _ := item.(map[string]any)
	key, _ := m["key"].(string)
	return tells(key, m["value"])
}

// tells reports whether what has this name is a member of the baggage or, whatever it is called before its last dot,
// a parameter with a value that the services understand.
func tells(key string, v any) bool {
	if strings.HasPrefix(key, "spanwise.") || strings.HasPrefix(key, "baggage.") {
		return true
	}
	return understood(key[strings.LastIndexByte(key, '.')+1:], first(v))
}

// first is a value's text; of a value of OTLP's, which says its type, what it holds; of a list its first.
func first(v any) string {
	switch v := v.(type) {
	case string:
		return v
	case json.Number:
		return v.String()
	case []any:
		if len(v) > 0 {
			return first(v[0])
		}
	case map[string]any:
		if len(v) == 1 {
			for _, inner := range v { // stringValue, arrayValue, values
				return first(inner)
			}
		}
	}
	return ""
}
