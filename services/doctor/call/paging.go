package call

import (
	"regexp"
	"slices"
	"strings"

	"spanwise/doctor/trace"
)

// pageKeys are parameters that continue a list, in addition to those whose names contain page, offset, cursor or skip.
var pageKeys = set(`
	start startindex startkey startafter exclusivestartkey after afterid searchafter before from since sinceid lastid marker token
	next nexttoken continuation continuationtoken
`)

// HiddenCursor returns the word, column or parameter by which a call may continue a list whose values the trace hides; "" if there is none.
func (c *Call) HiddenCursor() string {
	switch text := c.Span.Get(trace.DBText); {
	case c.Store && (fixedOffset.MatchString(text) || LimitOne.MatchString(text)):
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

var fixedOffset = regexp.MustCompile(`(?i)\boffset\s+\d`)

// LimitOne matches the text of a query that asks for at most one row.
var LimitOne = regexp.MustCompile(`(?i)\b(limit|top|first|next)[\s(]+1\b`)

// PageParameter returns the parameter that continues a list, if it is the one in which two keys differ; "" otherwise. Head and part are from
// [Difference].
func (c *Call) PageParameter(head, part string) string {
	before := strings.TrimRight(head, " =:\"'([")
	word := before[strings.LastIndexAny(before, "?&/ ,{(\"'\n")+1:]
	switch text := c.Span.Get(trace.DBText); {
	case CursorMethod(c.Cursor) != "":
		if len(strings.Fields(head)) > 1 || strings.EqualFold(word, "scan") { // in other commands, the first word is a key
			return c.Cursor
		}
		return ""
	case c.Statement == nil || IsJSON(text):
		if isPageKey(word) && !strings.ContainsAny(part, "&/") {
			return word
		}
		return ""
	case LimitOne.MatchString(text):
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

// WithoutCursor removes from a URL or a statement the part that continues a list.
func WithoutCursor(key string) string {
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
