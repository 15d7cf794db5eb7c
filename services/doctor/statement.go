package doctor

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
	return written{text, loose[strings.ToLower(system)] || isJSON(text)}
}

func isJSON(text string) bool { return strings.HasPrefix(text, "{") || strings.HasPrefix(text, "[") }

// A query is a statement with its values, where they are shown.
type query struct {
	*statement
	which string // the text but for comments; "" if it is no key
}

// query reads a text. One of two words ("find books") says of what, and not which.
func (v *vocabulary) query(w written) query {
	q, known := v.queries[w]
	if known {
		return q
	}
	normal := normalise(w)
	if q.statement, known = v.statements[normal]; !known {
		q.statement = newStatement(normal)
		remember(v.statements, normal, q.statement)
	}
	if !hidden(w) && (isJSON(w.text) || q.words > 2) {
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

// placeholder is the length of what stands for a value at i: $1, $name, :1, :name, @name, %s, %(name)s; 0 if nothing does. A question mark
// is not asked for here.
func placeholder(text string, i int) int {
	const longest = 128 // bytes of a name
	rest := text[i+1 : min(len(text), i+longest)]
	switch text[i] {
	case '%':
		if end := strings.IndexByte(rest, ')'); strings.HasPrefix(rest, "(") && end > 0 {
			return min(len(text)-i, end+3)
		}
		if strings.HasPrefix(rest, "s") && tail(rest) == 1 {
			return 2
		}
	case '$':
		return sized(tail(rest))
	case ':', '@':
		if i == 0 || strings.IndexByte(" =(,<>+-*/|[{\n\t", text[i-1]) >= 0 {
			return sized(tail(rest))
		}
	}
	return 0
}

func sized(tail int) int {
	if tail == 0 {
		return 0
	}
	return 1 + tail
}

// commentAt is the length of the comment that text begins with, 0 if it begins with none.
func commentAt(text string) int {
	switch {
	case strings.HasPrefix(text, "--"):
		return until(text, "\n")
	case strings.HasPrefix(text, "/*"):
		return until(text, "*/")
	}
	return 0
}

// withoutComments is the text without what tools write into it about the request, so that the same question is the same text.
func withoutComments(w written) string {
	text := w.text
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
		if text[i] == '\'' || text[i] == '"' && w.loose {
			size = literal(text[i:], w.loose)
		}
		b.WriteString(text[i : i+size])
		i += size
	}
	return strings.TrimSpace(b.String())
}

// until is the length of text up to and with the mark, or all of it.
func until(text, mark string) int {
	if i := strings.Index(text, mark); i >= 0 {
		return i + len(mark)
	}
	return len(text)
}

// literal is the length of a quoted string in which a doubled quote stands for one and, if so asked, a backslash for what follows it.
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

// tail is the length of the rest of a number or of a placeholder's name.
func tail(text string) int {
	for i := 0; i < len(text); i++ {
		if c := text[i]; !letter(c) && (c < '0' || c > '9') && c != '.' {
			return i
		}
	}
	return len(text)
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
