package doctor

import (
	"strings"
	"unicode/utf8"
)

// statement is a query without what differs from one execution to the next: comments, literals and placeholders (all
// become ?), the length of lists, spaces, and the case of words outside quotes.
func (v *vocabulary) statement(text string) string {
	if n, ok := v.queries[text]; ok {
		return n
	}
	n := lists(normalise(text))
	remember(v.queries, text, n)
	return n
}

// remember keeps an answer, unless so many are kept that they are hardly ever asked for again.
func remember(m map[string]string, question, answer string) {
	const most = 100_000
	if len(m) < most {
		m[question] = answer
	}
}

func normalise(text string) string {
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
		case c == '-' && strings.HasPrefix(text[i:], "--"):
			size = until(text[i:], "\n")
			space()
		case c == '/' && strings.HasPrefix(text[i:], "/*"):
			size = until(text[i:], "*/")
			space()
		case c == '\'':
			size = literal(text[i:])
			b.WriteByte('?')
		case c == '"' || c == '`':
			size = 1 + until(text[i+1:], string(c))
			b.WriteString(text[i : i+size])
		case c == '$' || c == '%' || (c == ':' || c == '@') && i+1 < len(text) && letter(text[i+1]):
			size = 1 + tail(text[i+1:])
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

// until is the length of text up to and with the mark, or all of it.
func until(text, mark string) int {
	if i := strings.Index(text, mark); i >= 0 {
		return i + len(mark)
	}
	return len(text)
}

// literal is the length of a quoted string in which a doubled quote stands for one.
func literal(text string) int {
	for i := 1; i < len(text); i++ {
		if text[i] != '\'' {
			continue
		}
		if i+1 < len(text) && text[i+1] == '\'' {
			i++
			continue
		}
		return i + 1
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
