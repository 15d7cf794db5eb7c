package call

import "strings"

// isIdentifier recognises numbers, UUIDs, hashes, dates, e-mail addresses, numbered names (room-17) and long random words.
func isIdentifier(part string) bool {
	digits, letters, hex := 0, 0, 0
	for _, r := range part {
		switch {
		case r >= '0' && r <= '9':
			digits++
			hex++
		case r >= 'a' && r <= 'f', r >= 'A' && r <= 'F':
			letters++
			hex++
		case r >= 'g' && r <= 'z', r >= 'G' && r <= 'Z':
			letters++
		}
	}
	switch {
	case digits == 0:
		return strings.Contains(part, "@")
	case letters == 0 || strings.Contains(part, "@"):
		return true
	case hex >= 8 && letters+digits == hex, letters+digits >= 20:
		return true
	}
	if digits >= 2 && letters <= digits && letters+digits == len(part) && part[0] != 'v' {
		return true // b17; but v10 is a version
	}
	tail := part[strings.LastIndexAny(part, "-_:")+1:]
	if len(tail) == len(part) {
		return false
	}
	return numeric(tail) || len(tail) >= 8 && strings.ContainsAny(tail, "0123456789") // cus_NffrFeUfNV2Hib
}

func numeric(s string) bool { return s != "" && strings.Trim(s, "0123456789.:[]") == "" }

func (p *Parser) pathTemplate(path string) string { return cached(p.paths, path, pathTemplate) }

// pathTemplate replaces the identifiers in a path by {}.
func pathTemplate(path string) string {
	parts := strings.Split(path, "/")
	for i, part := range parts {
		if isIdentifier(part) {
			parts[i] = "{}"
		}
	}
	return strings.Join(parts, "/")
}

// WithoutIdentifiers replaces the identifiers in a name by {}: books.0.author becomes books.{}.author, and handle 9f86d081 becomes handle {}.
func WithoutIdentifiers(name string) string {
	if !strings.ContainsAny(name, "0123456789") {
		return name
	}
	var b strings.Builder
	for len(name) > 0 {
		end := strings.IndexAny(name, " ./,()[]#") // - and _ do not separate: room-17
		if end < 0 {
			end = len(name)
		}
		if isIdentifier(name[:end]) {
			b.WriteString("{}")
		} else {
			b.WriteString(name[:end])
		}
		if end < len(name) {
			b.WriteByte(name[end])
			end++
		}
		name = name[end:]
	}
	return b.String()
}

// Identifiers returns the identifiers in the call's key, except in host and port.
func (c *Call) Identifiers() []string {
	key := c.Key
	if i := strings.IndexByte(key, '/'); i >= 0 && !c.Store {
		key = key[i:]
	}
	return Identifiers(key)
}

// Identifiers returns the words of a text that identify a thing: numbers of at least three digits, UUIDs, numbered names.
func Identifiers(text string) []string {
	var list []string
	for word := range strings.FieldsFuncSeq(text, func(r rune) bool {
		return !(r >= '0' && r <= '9' || r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r == '-' || r == '_')
	}) {
		if isIdentifier(word) && (len(word) >= 3 || !numeric(word)) {
			list = append(list, word)
		}
	}
	return list
}
