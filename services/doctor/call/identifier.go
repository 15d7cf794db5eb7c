package call

import "strings"

// Identifiers are those in a call's key; its host and port are none.
func (c *Call) Identifiers() []string {
	which := c.Key
	if i := strings.IndexByte(which, '/'); i >= 0 && !c.Store {
		which = which[i:]
	}
	return Identifiers(which)
}

// Identifiers are the words of a text that name one thing: numbers of three digits and more, UUIDs, numbered names.
func Identifiers(text string) []string {
	var list []string
	for _, word := range strings.FieldsFunc(text, func(r rune) bool {
		return !(r >= '0' && r <= '9' || r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r == '-' || r == '_')
	}) {
		if identifies(word) && (len(word) >= 3 || !numeric(word)) {
			list = append(list, word)
		}
	}
	return list
}
