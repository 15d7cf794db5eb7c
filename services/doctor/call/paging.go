package call

import (
	"regexp"
	"slices"
	"strings"

	"spanwise/doctor/trace"
)

// pageOf says by what a statement goes on where another one ended: "" if by nothing. Pages have an order; mappers write an OFFSET of 0 for
// single rows, too.
func pageOf(words []string) string {
	if words[0] == "fetch" {
		return "FETCH"
	}
	order := orderBy(words)
	if order == "" {
		return ""
	}
	bound := slices.Contains(words, "limit") || slices.Contains(words, "fetch") || slices.Contains(words, "top")
	for i, w := range words {
		switch {
		case w == "offset" && after(words, i, "?") && !oneRow(words):
			return "OFFSET"
		case w == "limit" && after(words, i, "?", ",", "?") && !oneRow(words):
			return "LIMIT"
		case bound && (w == ">" || w == "<" || w == ">=" || w == "<=") && (after(words, i, "?") || after(words, i, "(", "?")):
			if nameBefore(words, i) == order {
				return order
			}
		}
	}
	return ""
}

func after(words []string, i int, next ...string) bool {
	return len(words) > i+len(next) && slices.Equal(words[i+1:i+1+len(next)], next)
}

// nameBefore is the column that stands left of a comparison, the first one of (a, b) > (?, ?).
func nameBefore(words []string, i int) string {
	for i--; i >= 0; i-- {
		switch words[i] {
		case "]":
		case ")":
			const most = 32 // words
			open := i
			for open > max(0, i-most) && words[open] != "(" {
				open--
			}
			return firstName(words[open+1 : i])
		default:
			return strings.Trim(words[i], "\"`")
		}
	}
	return ""
}

// firstName is the column that words begin with, without its table: of a . "b" desc it is b.
func firstName(words []string) (name string) {
	part := true // of the name is what comes next
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

// orderBy is the column by which a statement orders first, "" if it has no order.
func orderBy(words []string) string {
	for i := 1; i+1 < len(words); i++ {
		if words[i-1] == "order" && words[i] == "by" {
			return firstName(words[i+1:])
		}
	}
	return ""
}

// pageKeys are parameters by which lists are continued, besides those that say page, offset, cursor, or skip.
var pageKeys = map[string]bool{
	"start": true, "startindex": true, "startkey": true, "startafter": true, "exclusivestartkey": true, "after": true, "afterid": true,
	"searchafter": true, "before": true, "from": true, "since": true, "sinceid": true, "lastid": true, "marker": true, "token": true, "next": true,
	"nexttoken": true, "continuation": true, "continuationtoken": true,
}

// HiddenPage is by what a question can go on with a list, where the trace hides its values.
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

// PageWord is the word before the part in which two questions differ, if lists are continued by it.
func (c *Call) PageWord(head, part string) string {
	before := strings.TrimRight(head, " =:\"'([")
	word := before[strings.LastIndexAny(before, "?&/ ,{(\"'\n")+1:]
	switch text := c.Span.Get(trace.DBText); {
	case Cursor(c.Cursor) != "":
		if len(strings.Fields(head)) > 1 || strings.EqualFold(word, "scan") { // other commands name a key first
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
	case c.valuesBeside():
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

// isPageKey reports whether lists are continued by a parameter of this name: pageIndex, page[number], $skip, start-after.
func isPageKey(name string) bool {
	name = strings.ToLower(name)
	return ContainsAny(name, "page", "offset", "cursor", "skip") || pageKeys[unjoined.Replace(name)]
}

var unjoined = strings.NewReplacer("_", "", "-", "", ".", "")

// WithoutPage is a URL or a statement without that by which it goes on with a list.
func WithoutPage(which string) string {
	path, query, found := strings.Cut(which, "?")
	if found {
		if others := slices.DeleteFunc(strings.Split(query, "&"), continues); len(others) > 0 {
			return path + "?" + strings.Join(others, "&")
		}
		return path
	}
	if at := strings.LastIndex(strings.ToLower(which), " offset "); at >= 0 {
		return which[:at]
	}
	return which
}

// Difference is the part of b in which it differs from a, in whole words, and what stands before it.
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
