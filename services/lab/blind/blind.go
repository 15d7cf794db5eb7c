// Package blind removes from traces what gives their scenario away, before the doctor sees them. A request carries its slowdown
// in its query and its baggage, and instrumentation records queries; a doctor that saw fetch=each would be right for the wrong
// reason. Use [Transport] to read from Jaeger, or [JSON] for a document.
package blind

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
)

// JSON returns a document of traces, in any format, blinded: every parameter that the services understand is cut out of every
// text in the document, and attributes that repeat one, or baggage, are dropped.
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

// Transport returns a transport that passes answers through [JSON]. Answers that are not JSON are left unchanged; JSON that
// cannot be read is an error.
func Transport(base http.RoundTripper) http.RoundTripper { return transport{base} }

type transport struct{ base http.RoundTripper }

func (t transport) RoundTrip(r *http.Request) (*http.Response, error) {
	resp, err := t.base.RoundTrip(r)
	if err != nil {
		return nil, err
	}
	document, err := io.ReadAll(resp.Body)
	resp.Body.Close()
	if err != nil {
		return nil, err
	}
	blinded, err := JSON(document)
	switch {
	case err == nil:
		document = blinded
	case bytes.HasPrefix(document, []byte("{")): // because readers use as much as they can of truncated JSON
		return nil, err
	}
	resp.Body = io.NopCloser(bytes.NewReader(document))
	resp.ContentLength = int64(len(document))
	return resp, nil
}

func value(v any) any {
	switch v := v.(type) {
	case string:
		return text(v)
	case []any:
		kept := v[:0]
		for _, item := range v {
			if !revealingAttribute(item) {
				kept = append(kept, value(item))
			}
		}
		return kept
	case map[string]any:
		for key, item := range v {
			if reveals(key, item) {
				delete(v, key)
				continue
			}
			v[key] = value(item)
		}
	}
	return v
}

// revealingAttribute reports whether a list item is an attribute, as OTLP and Jaeger write it, that reveals a slowdown.
func revealingAttribute(item any) bool {
	m, _ := item.(map[string]any)
	key, _ := m["key"].(string)
	return reveals(key, m["value"])
}

// reveals reports whether an attribute or field is a member of the baggage or, by the last part of its name and its value, a
// parameter that the services understand.
func reveals(key string, v any) bool {
	if strings.HasPrefix(key, "spanwise.") || strings.HasPrefix(key, "baggage.") {
		return true
	}
	return understood(key[strings.LastIndexByte(key, '.')+1:], first(v))
}

// first returns a value as text: of a typed value of OTLP, the value inside; of a list, the first item.
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
