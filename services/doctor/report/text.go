package report

import (
	"regexp"
	"strings"
	"unicode"
	"unicode/utf8"
)

// printable replaces the characters in text of unknown origin that could move the cursor, reverse text, or break a line.
func printable(s string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r == '\t' || r == '\n' || r == '\r':
			return ' '
		case unicode.IsControl(r) || r == unicode.ReplacementChar || unicode.In(r, unicode.Bidi_Control, unicode.Zl, unicode.Zp):
			return '·'
		}
		return r
	}, s)
}

// A run is a piece of a finding's text: words, or a name or statement that they quote.
type run struct {
	Text string
	Code bool
}

// prose splits a finding's text at its backquotes.
func prose(s string) []run {
	var runs []run
	for i, text := range strings.Split(printable(s), "`") {
		code := i%2 == 1
		if !code {
			text = unbroken(text)
		}
		if text != "" {
			runs = append(runs, run{text, code})
		}
	}
	return runs
}

// unbroken joins each number and its unit with a no-break space.
func unbroken(s string) string { return beforeUnit.ReplaceAllString(s, "$1\u00a0$2$3") }

var beforeUnit = regexp.MustCompile(`(\d) (µs|ms|s|min|h|days|%)(\PL|$)`)

// wrap breaks s into lines of at most n columns, between words unless one is longer than a line. A number stays with its unit.
func wrap(s string, n int) []string {
	var lines []string
	line, used := "", 0
	for _, word := range strings.FieldsFunc(unbroken(s), func(r rune) bool { return unicode.IsSpace(r) && r != '\u00a0' }) {
		word = strings.ReplaceAll(word, "\u00a0", " ")
		w := width(word)
		if line != "" && used+1+w <= n {
			line, used = line+" "+word, used+1+w
			continue
		}
		if line != "" {
			lines = append(lines, line)
		}
		for width(word) > n && head(word, n) != "" {
			part := head(word, n)
			lines, word = append(lines, part), word[len(part):]
		}
		line, used = word, width(word)
	}
	if line != "" {
		lines = append(lines, line)
	}
	return lines
}

// width is how many columns s takes on a terminal.
func width(s string) (n int) {
	for _, r := range s {
		n += runeWidth(r)
	}
	return n
}

func runeWidth(r rune) int {
	switch {
	case r < 0x300:
		return 1
	case unicode.In(r, unicode.Mn, unicode.Me, unicode.Cf):
		return 0
	case r >= 0x1100 && r <= 0x115f, r >= 0x2e80 && r <= 0xa4cf, r >= 0xac00 && r <= 0xd7a3, r >= 0xf900 && r <= 0xfaff,
		r >= 0xfe30 && r <= 0xfe6f, r >= 0xff00 && r <= 0xff60, r >= 0xffe0 && r <= 0xffe6, r >= 0x1f300 && r <= 0x1faff, r >= 0x20000 && r <= 0x3fffd:
		return 2 // East Asian wide and full width (Unicode TR 11), and emoji
	}
	return 1
}

// squeeze shortens s to n columns by cutting out its middle: the ends of a long name say most.
func squeeze(s string, n int) string {
	if width(s) <= n {
		return s
	}
	front := head(s, (n-1)*2/5)
	return front + "…" + tail(s, n-1-width(front))
}

// head is as much of the beginning of s as fits into n columns.
func head(s string, n int) string {
	used := 0
	for i, r := range s {
		if used += runeWidth(r); used > n {
			return s[:i]
		}
	}
	return s
}

// tail is as much of the end of s as fits into n columns.
func tail(s string, n int) string {
	for i := len(s); i > 0; {
		r, size := utf8.DecodeLastRuneInString(s[:i])
		if n -= runeWidth(r); n < 0 {
			return s[i:]
		}
		i -= size
	}
	return s
}

// pad fills s with spaces to n columns; padLeft puts them before it.
func pad(s string, n int) string     { return s + strings.Repeat(" ", max(n-width(s), 0)) }
func padLeft(s string, n int) string { return strings.Repeat(" ", max(n-width(s), 0)) + s }
