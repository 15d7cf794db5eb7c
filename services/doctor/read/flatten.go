package read

import "bytes"

// flatten writes the values of a valid JSON value into flat, by their paths: {"a":{"b":1}} and {"a.b":[1]} both give a.b the text 1. Lists
// of several values, and what is nested too deeply, stay JSON.
func flatten(prefix string, raw []byte, flat map[string]string) {
	if len(raw) > 0 {
		flattenAt(&cursor{json: raw}, prefix, flat, 0)
	}
}

func flattenAt(c *cursor, prefix string, flat map[string]string, nested int) {
	switch start := c.peek(); {
	case start == '{' && nested < maxNesting:
		if prefix != "" {
			prefix += "."
		}
		for key := range c.members() {
			flattenAt(c, prefix+string(key), flat, nested+1)
		}
	case start == '[':
		raw := c.raw()
		if only := (&cursor{json: raw}).only(); only != nil {
			raw = only
		}
		flat[prefix] = plainText(raw)
	case !c.null():
		flat[prefix] = plainText(c.raw())
	default:
		c.skip()
	}
}

// only is the one value of a list, or nil if there are none or several.
func (c *cursor) only() (value []byte) {
	for i := range c.elements() {
		if value = bytes.TrimSpace(c.raw()); i > 0 {
			value = nil
		}
	}
	return value
}

// rename gives attributes the names that others use for the same, and leaves the rest of from out. The first that is there wins.
func rename(from map[string]string, names [][2]string) map[string]string {
	to := make(map[string]string, len(names))
	for _, n := range names {
		setDefault(to, n[1], from[n[0]])
	}
	return to
}
