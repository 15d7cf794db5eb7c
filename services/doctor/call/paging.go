package call

import (
	"regexp"
	"slices"
	"strings"

	"spanwise/doctor/trace"
)

// cursorOf returns by what a statement continues where another one ended, or "" if it does not. Pages have an order; a single row may
// have an OFFSET, too, because some mappers write OFFSET 0.
func cursorOf(words []string) string {
	if words[0] == "fetch" {
		return "FETCH"
	}
	order := orderBy(words)
	if order == "" {
		return ""
	}
	limited := slices.Contains(words, "limit") || slices.Contains(words, "fetch") || slices.Contains(words, "top")
	for i, w := range words {
		switch {
		case w == "offset" && followedBy(words, i, "?") && !oneRow(words):
			return "OFFSET"
		case w == "limit" && followedBy(words, i, "?", ",", "?") && !oneRow(words):
			return "LIMIT"
		case limited && (w == ">" || w == "<" || w == ">=" || w == "<=") && (followedBy(words, i, "?") || followedBy(words, i, "(", "?")):
			if columnBefore(words, i) == order {
				return order
			}
		}
	}
	return ""
}

// followedBy reports whether words has next after index i.
func followedBy(words []string, i int, next ...string) bool {
	return len(words) > i+len(next) && slices.Equal(words[i+1:i+1+len(next)], next)
}

// columnBefore returns the column to the left of a comparison, or the first of several: a for (a, b) > (?, ?).
func columnBefore(words []string, i int) string {
	for i--; i >= 0; i-- {
		switch words[i] {
		case "]":
		case ")":
			const most = 32 // words
			open := i
			for open > max(0, i-most) && words[open] != "(" {
				open--
			}
			return firstColumn(words[open+1 : i])
		default:
			return strings.Trim(words[i], "\"`")
		}
	}
	return ""
}

// firstColumn returns the column with which words begin, without its table: b for a . "b" desc.
func firstColumn(words []string) (name string) {
	part := true // the next word is a part of the name
	for _, w := range words {
		switch {
		case w == "[" || w == "]":
		case w == ".":
			part = true
		case !part:
			return name
		default:
			name, part = strings.Trim(w, "\"`"), false
		}
	}
	return name
}

// orderBy returns the first column of a statement's ORDER BY, or "" if it has none.
func orderBy(words []string) string {
	for i := 1; i+1 < len(words); i++ {
		if words[i-1] == "order" && words[i] == "by" {
			return firstColumn(words[i+1:])
		}
	}
	return ""
}

// pageKeys are parameters that continue a list, in addition to those whose names contain page, offset, cursor or skip.
var pageKeys = map[string]bool{
	"start": true, "startindex": true, "startkey": true, "startafter": true, "exclusivestartkey": true, "after": true, "afterid": true,
	"searchafter": true, "before": true, "from": true, "since": true, "sinceid": true, "lastid": true, "marker": true, "token": true, "next": true,
	"nexttoken": true, "continuation": true, "continuationtoken": true,
}

// HiddenPage returns by what a call may continue a list, if the trace hides its values.
func (c *Call) HiddenPage() string {
	switch text := c.Span.Get(trace.DBText); {
	case c.Store && (fixedOffset.MatchString(text) || OneWanted.MatchString(text)):
		return ""
	case c.Store || c.Cursor != "":
		return c.Cursor
	}
	_, names, _ := strings.Cut(c.Template, "?")
	for name := range strings.SplitSeq(names, "&") {
		if isPageKey(name) {
			return name
		}
	}
	return ""
}

var (
	fixedOffset = regexp.MustCompile(`(?i)\boffset\s+\d`)
	OneWanted   = regexp.MustCompile(`(?i)\b(limit|top|first|next)[\s(]+1\b`)
)

// PageWord returns the parameter that continues a list, if it is the one in which two keys differ; "" otherwise. Head and part are from
// [Difference].
func (c *Call) PageWord(head, part string) string {
	before := strings.TrimRight(head, " =:\"'([")
	word := before[strings.LastIndexAny(before, "?&/ ,{(\"'\n")+1:]
	switch text := c.Span.Get(trace.DBText); {
	case Cursor(c.Cursor) != "":
		if len(strings.Fields(head)) > 1 || strings.EqualFold(word, "scan") { // in other commands, the first word is a key
			return c.Cursor
		}
		return ""
	case c.Statement == nil || IsJSON(text):
		if isPageKey(word) && !strings.ContainsAny(part, "&/") {
			return word
		}
		return ""
	case OneWanted.MatchString(text):
		return ""
	case c.keyHasArguments():
		if !strings.Contains(part, "=") {
			return c.Cursor
		}
		return ""
	case strings.EqualFold(word, c.Cursor):
		return c.Cursor
	case strings.HasSuffix(before, ">") || strings.HasSuffix(before, "<"):
		if !strings.Contains(part, "=") || strings.Contains(strings.ToLower(part), " or ") {
			return c.Cursor
		}
	}
	return ""
}

// isPageKey reports whether a parameter with this name continues a list: pageIndex, page[number], $skip, start-after.
func isPageKey(name string) bool {
	name = strings.ToLower(name)
	return ContainsAny(name, "page", "offset", "cursor", "skip") || pageKeys[withoutSeparators.Replace(name)]
}

var withoutSeparators = strings.NewReplacer("_", "", "-", "", ".", "")

// WithoutPage removes from a URL or a statement the part that continues a list.
func WithoutPage(key string) string {
	path, query, found := strings.Cut(key, "?")
	if found {
		if others := slices.DeleteFunc(strings.Split(query, "&"), isPagePair); len(others) > 0 {
			return path + "?" + strings.Join(others, "&")
		}
		return path
	}
	if at := strings.LastIndex(strings.ToLower(key), " offset "); at >= 0 {
		return key[:at]
	}
	return key
}

// Difference returns the part of b that differs from a, in whole words, and the text before it.
func Difference(a, b string) (head, part string) {
	n, m := 0, 0
	for n < min(len(a), len(b)) && a[n] == b[n] {
		n++
	}
	for n > 0 && inValue(b[n-1]) {
		n--
	}
	for m < min(len(a), len(b))-n && a[len(a)-1-m] == b[len(b)-1-m] {
		m++
	}
	for m > 0 && inValue(b[len(b)-m]) {
		m--
	}
	return b[:n], b[n : len(b)-m]
}

func inValue(c byte) bool { return inName(c) || strings.IndexByte(".-:%+~", c) >= 0 }
