package call

import "strings"

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
