package call

import (
	"strings"
	"unicode/utf8"
)

// A queryText is the text of a query, and whether "…" is a value in its language. In standard SQL it is a name.
type queryText struct {
	text         string
	doubleQuotes bool
}

// doubleQuotes lists the systems in whose language "…" is a value, by db.system.name of the semantic conventions or its older form.
var doubleQuotes = set("mysql mariadb hive couchbase neo4j gcp.spanner spanner azure.cosmosdb cosmosdb")

func newQueryText(system, text string) queryText {
	return queryText{text, doubleQuotes[strings.ToLower(system)] || IsJSON(text)}
}

// quotes reports whether c begins a value.
func (q queryText) quotes(c byte) bool { return c == '\'' || c == '"' && q.doubleQuotes }

// IsJSON reports whether a query is a JSON document, as for MongoDB and Elasticsearch.
func IsJSON(text string) bool { return strings.HasPrefix(text, "{") || strings.HasPrefix(text, "[") }

// normalise removes what differs between executions of a statement: comments, literals and placeholders (all become ?), spaces, and
// the case of words outside quotes.
func normalise(q queryText) string {
	text := q.text
	var b strings.Builder
	b.Grow(len(text))
	space := func() {
		if b.Len() > 0 && b.String()[b.Len()-1] != ' ' {
			b.WriteByte(' ')
		}
	}
	inWord := false // the last byte belongs to a name, and so does a digit after it
	for i := 0; i < len(text); {
		c := text[i]
		size := 1
		switch {
		case (c == '-' || c == '/') && commentAt(text[i:]) > 0:
			size = commentAt(text[i:])
			space()
		case q.quotes(c):
			if size = literal(text[i:], q.doubleQuotes); c == '"' && strings.HasPrefix(strings.TrimLeft(text[i+size:], " "), ":") {
				b.WriteString(text[i : i+size]) // the name of a value in JSON
				break
			}
			b.WriteByte('?')
		case c == '"' || c == '`':
			size = 1 + until(text[i+1:], string(c))
			b.WriteString(text[i : i+size])
		case c == ':' && strings.HasPrefix(text[i:], "::"): // a cast
			size = 2
			b.WriteString("::")
		case placeholder(text, i) > 0:
			size = placeholder(text, i)
			b.WriteByte('?')
		case digit(c) && !inWord:
			size = 1 + nameLen(text[i+1:])
			b.WriteByte('?')
		case c == ' ' || c == '\t' || c == '\n' || c == '\r':
			space()
		case c >= 'A' && c <= 'Z':
			b.WriteByte(c + 'a' - 'A')
		default:
			b.WriteByte(c)
		}
		inWord = size == 1 && (letter(c) || digit(c) || c >= utf8.RuneSelf)
		i += size
	}
	return strings.TrimRight(b.String(), " ;")
}

// collapseLists makes (?, ?, ?) and (?), (?) one ?, so that batches of all sizes are the same statement.
func collapseLists(text string) string {
	for _, r := range []struct{ long, short string }{
		{"?,?", "?"}, {"?, ?", "?"}, {"? , ?", "?"}, {"(?),(?)", "(?)"}, {"(?), (?)", "(?)"},
	} {
		for strings.Contains(text, r.long) {
			text = strings.ReplaceAll(text, r.long, r.short)
		}
	}
	return text
}

// hidesValues reports whether a statement has placeholders instead of values, so that two different calls look the same.
func hidesValues(q queryText) bool {
	text := q.text
	if strings.Contains(text, "REDACTED") {
		return true
	}
	for i := 0; i < len(text); i++ {
		switch c := text[i]; {
		case q.quotes(c): // a value, unless it is only a placeholder
			size := literal(text[i:], q.doubleQuotes)
			if text[i:i+size] == `"?"` {
				return true
			}
			i += size - 1
		case c == '?':
			if i+1 == len(text) || !letter(text[i+1]) {
				return true
			}
		case c == '$' || c == ':' || c == '@' || c == '%':
			if placeholder(text, i) > 0 {
				return true
			}
		}
	}
	return false
}

// withoutComments removes comments, which may differ between executions of a statement: tools write trace ids into them.
func withoutComments(q queryText) string {
	text := q.text
	if !strings.Contains(text, "/*") && !strings.Contains(text, "--") {
		return text
	}
	var b strings.Builder
	for i := 0; i < len(text); {
		size := 1
		if n := commentAt(text[i:]); n > 0 {
			i += n
			continue
		}
		if q.quotes(text[i]) {
			size = literal(text[i:], q.doubleQuotes)
		}
		b.WriteString(text[i : i+size])
		i += size
	}
	return strings.TrimSpace(b.String())
}

// tokens splits a normalised text into names, quoted names, placeholders and operators.
func tokens(text string) (list []string) {
	for i := 0; i < len(text); {
		size := 1
		switch c := text[i]; {
		case c == ' ':
			i++
			continue
		case c == '"' || c == '`':
			size = 1 + until(text[i+1:], string(c))
		case inName(c):
			for i+size < len(text) && inName(text[i+size]) {
				size++
			}
		case c == ':' || c == '<' || c == '>' || c == '!':
			for i+size < len(text) && strings.IndexByte(":<>=", text[i+size]) >= 0 {
				size++
			}
		}
		list = append(list, text[i:i+size])
		i += size
	}
	return list
}

// placeholder returns the length of the placeholder at i: $1, $name, :1, :name, @name, %s, %(name)s; 0 if there is none. It does not
// look for question marks.
func placeholder(text string, i int) int {
	const longest = 128 // bytes of a name
	rest := text[i+1 : min(len(text), i+longest)]
	switch text[i] {
	case '%':
		if end := strings.IndexByte(rest, ')'); strings.HasPrefix(rest, "(") && end > 0 {
			return min(len(text)-i, end+3)
		}
		if strings.HasPrefix(rest, "s") && nameLen(rest) == 1 {
			return 2
		}
	case ':', '@':
		if i > 0 && strings.IndexByte(" =(,<>+-*/|[{\n\t", text[i-1]) < 0 {
			return 0
		}
		fallthrough
	case '$':
		if n := nameLen(rest); n > 0 {
			return 1 + n
		}
	}
	return 0
}

// commentAt returns the length of the comment with which text begins, or 0.
func commentAt(text string) int {
	switch {
	case strings.HasPrefix(text, "--"):
		return until(text, "\n")
	case strings.HasPrefix(text, "/*"):
		return until(text, "*/")
	}
	return 0
}

// until returns the length of text up to and including the mark, or of all of it.
func until(text, mark string) int {
	if i := strings.Index(text, mark); i >= 0 {
		return i + len(mark)
	}
	return len(text)
}

// literal returns the length of the quoted string with which text begins. A doubled quote in it is a quote; if escapes is set, a
// backslash escapes the next byte.
func literal(text string, escapes bool) int {
	quote := text[0]
	for i := 1; i < len(text); i++ {
		switch {
		case escapes && text[i] == '\\':
			i++
		case text[i] != quote:
		case i+1 < len(text) && text[i+1] == quote:
			i++
		default:
			return i + 1
		}
	}
	return len(text)
}

// nameLen returns the length of the name or number with which text begins, or 0.
func nameLen(text string) int {
	for i := 0; i < len(text); i++ {
		if c := text[i]; !letter(c) && !digit(c) && c != '.' {
			return i
		}
	}
	return len(text)
}

func letter(c byte) bool { return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c == '_' }
func digit(c byte) bool  { return c >= '0' && c <= '9' }
func inName(c byte) bool { return letter(c) || digit(c) || c == '#' || c >= utf8.RuneSelf }
