package read

import "encoding/json"

// flatten writes the values of a JSON object into flat, by their paths: {"a":{"b":1}} and {"a.b":[1]} both give a.b the text 1. Lists
// of several values, and what is nested too deeply, stay JSON.
func flatten(prefix string, raw json.RawMessage, flat map[string]string, nested int) {
	var fields map[string]json.RawMessage
	if nested > maxNesting || len(raw) == 0 || raw[0] != '{' || json.Unmarshal(raw, &fields) != nil {
		var list []json.RawMessage
		if len(raw) > 0 && raw[0] == '[' && json.Unmarshal(raw, &list) == nil && len(list) == 1 {
			raw = list[0]
		}
		if string(raw) != "null" {
			flat[prefix] = plainText(raw)
		}
		return
	}
	if prefix != "" {
		prefix += "."
	}
	for key, value := range fields {
		flatten(prefix+key, value, flat, nested+1)
	}
}

// rename gives attributes the names that others use for the same, and leaves the rest of from out. The first that is there wins.
func rename(from map[string]string, names [][2]string) map[string]string {
	to := make(map[string]string, len(names))
	for _, n := range names {
		setDefault(to, n[1], from[n[0]])
	}
	return to
}
