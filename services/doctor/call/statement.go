package call

import (
	"strings"
	"unicode/utf8"
)

// A written text is a statement, and whether it is in a language in which "…" is a value. In standard SQL it is a name.
type written struct {
	text  string
	loose bool
}

// loose lists the systems, by db.system.name of the semantic conventions or its older form, in whose language "…" is a value.
var loose = map[string]bool{
	"mysql": true, "mariadb": true, "hive": true, "couchbase": true, "neo4j": true, "gcp.spanner": true, "spanner": true,
	"azure.cosmosdb": true, "cosmosdb": true,
}

func writtenFor(system, text string) written {
	return written{text, loose[strings.ToLower(system)] || IsJSON(text)}
}

// IsJSON reports whether a text is a document, as MongoDB and Elasticsearch are asked with.
func IsJSON(text string) bool { return strings.HasPrefix(text, "{") || strings.HasPrefix(text, "[") }

// A query is a statement with its values, where they are shown.
type query struct {
	*Statement
	which string // the text but for comments; "" if it is no key
}

// query reads a text. One of two words ("find books") says of what, and not which.
func (v *Parser) query(w written) query {
	q, known := v.queries[w]
	if known {
		return q
	}
	normal := normalise(w)
	if q.Statement, known = v.statements[normal]; !known {
		q.Statement = newStatement(normal)
		remember(v.statements, normal, q.Statement)
	}
	if !hidden(w) && (IsJSON(w.text) || q.words > 2) {
		q.which = withoutComments(w)
	}
	remember(v.queries, w, q)
	return q
}

// remember keeps an answer, unless so many are kept that they are hardly ever asked for again.
func remember[Q comparable, A any](m map[Q]A, question Q, answer A) {
	const most = 100_000
	if len(m) < most {
		m[question] = answer
	}
}

// normalise leaves out what differs from one execution of a statement to the next: comments, literals and placeholders (all become ?),
// spaces, and the case of words outside quotes.
func normalise(w written) string {
	text := w.text
	var b strings.Builder
	b.Grow(len(text))
	space := func() {
		if b.Len() > 0 && b.String()[b.Len()-1] != ' ' {
			b.WriteByte(' ')
		}
	}
	word := false // the last byte belongs to a name, so that a digit after it does too
	for i := 0; i < len(text); {
		c := text[i]
		size := 1
		switch {
		case (c == '-' || c == '/') && commentAt(text[i:]) > 0:
			size = commentAt(text[i:])
			space()
		case c == '\'' || c == '"' && w.loose:
			if size = literal(text[i:], w.loose); c == '"' && strings.HasPrefix(strings.TrimLeft(text[i+size:], " "), ":") {
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
		case c >= '0' && c <= '9' && !word:
			size = 1 + tail(text[i+1:])
			b.WriteByte('?')
		case c == ' ' || c == '\t' || c == '\n' || c == '\r':
			space()
		default:
			b.WriteByte(lower(c))
		}
		word = size == 1 && (letter(c) || c >= '0' && c <= '9' || c >= utf8.RuneSelf)
		i += size
	}
	return strings.TrimRight(b.String(), " ;")
}

func lower(c byte) byte {
	if c >= 'A' && c <= 'Z' {
		return c + 'a' - 'A'
	}
	return c
}

// lists makes (?, ?, ?) and (?), (?) one ?, so that a batch of any size is the same statement.
func lists(text string) string {
	for _, r := range []struct{ long, short string }{
		{"?,?", "?"}, {"?, ?", "?"}, {"? , ?", "?"}, {"(?),(?)", "(?)"}, {"(?), (?)", "(?)"},
	} {
		for strings.Contains(text, r.long) {
			text = strings.ReplaceAll(text, r.long, r.short)
		}
	}
	return text
}
