// Package blind takes the lab's truth out of traces before the doctor sees them. The services carry what a request
// asked to be slowed by in its query and its baggage, and instrumentation writes queries down; a doctor that saw
// fetch=each would be right for the wrong reason. Use [Transport] to read from Jaeger, or [JSON] for a document.
package blind

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/url"
	"reflect"
	"regexp"
	"strings"

	"spanwise/internal/fault"
)

// JSON returns a document of traces, in whatever format, without the truth: every parameter that the services understand is
// cut out of every text, wherever in the document it stands, and attributes that repeat baggage are dropped.
func JSON(document []byte) ([]byte, error) {
	dec := json.NewDecoder(bytes.NewReader(document))
	dec.UseNumber() // times have more digits than a float64
	var v any
	if err := dec.Decode(&v); err != nil {
		return nil, fmt.Errorf("read a document of traces: %w", err)
	}
	return json.Marshal(value(v))
}

func value(v any) any {
	switch v := v.(type) {
	case string:
		return text(v)
	case []any:
		kept := v[:0]
		for _, item := range v {
			if !baggage(item) {
				kept = append(kept, value(item))
			}
		}
		return kept
	case map[string]any:
		for key, item := range v {
			if carried(key) {
				delete(v, key)
				continue
			}
			v[key] = value(item)
		}
	}
	return v
}

// baggage recognises an attribute, as OTLP and Jaeger write it, that repeats a member of the baggage.
func baggage(item any) bool {
	m, _ := item.(map[string]any)
	key, _ := m["key"].(string)
	return carried(key)
}

func carried(key string) bool {
	return strings.HasPrefix(key, "spanwise.") || strings.HasPrefix(key, "baggage.")
}

// member is a member of ours in a baggage header, with the comma after it or, if it is the last, before it.
var member = regexp.MustCompile(`spanwise\.[a-z]+=[^,;"\s]*,\s*|,?\s*spanwise\.[a-z]+=[^,;"\s]*`)

// text cuts our parameters out of an address, a path with a query, or a query alone, and our members out of baggage that
// was written down, as an outbox does in its SQL.
func text(s string) string {
	if strings.Contains(s, "spanwise.") {
		s = member.ReplaceAllString(s, "")
	}
	if !strings.Contains(s, "=") || strings.ContainsAny(s, " \t\n") {
		return s // it is neither
	}
	before, query, isAddress := strings.Cut(s, "?")
	if !isAddress {
		before, query = "", s
	}
	query, fragment, _ := strings.Cut(query, "#")
	pairs := strings.Split(query, "&")
	kept := pairs[:0]
	for _, p := range pairs {
		if !ours(p) {
			kept = append(kept, p)
		}
	}
	if len(kept) == len(pairs) {
		return s
	}
	if isAddress && len(kept) > 0 {
		before += "?"
	}
	if fragment != "" {
		fragment = "#" + fragment
	}
	return before + strings.Join(kept, "&") + fragment
}

// ours reports whether the services understand a key=value pair, by asking them: a parameter that is theirs parses
// into something, or is refused, while others are left alone.
func ours(pair string) bool {
	key, val, _ := strings.Cut(pair, "=")
	key, err := url.QueryUnescape(key)
	if err != nil {
		return false
	}
	val, err = url.QueryUnescape(val)
	if err != nil {
		return false
	}
	faults, err := fault.Parse(url.Values{key: {val}})
	return err != nil || !reflect.ValueOf(faults).IsZero()
}
